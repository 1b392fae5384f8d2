"""Writes run directories: for the trainer, and for a script."""
