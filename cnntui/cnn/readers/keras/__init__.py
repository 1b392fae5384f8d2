"""Reads networks that Keras saved: `.keras` archives and folders, and `.h5` files."""
