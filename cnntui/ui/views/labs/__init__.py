"""A screen for each lab. Where its widgets lie is said in its own file, so that a lab is whole in two files."""
