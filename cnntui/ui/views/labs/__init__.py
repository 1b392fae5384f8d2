"""A screen for each lab, with its style sheet beside it, so that a lab is complete in its folder."""
