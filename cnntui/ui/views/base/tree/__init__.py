"""A number taken apart into its terms: the screen of a tree, its words, and its plain text."""
