"""Reads run directories: opens, follows and watches runs, judges their curves, and exports them."""
