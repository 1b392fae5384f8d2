"""A number taken apart into what it is made of: the screen of a tree, its words, and the same as plain text."""
