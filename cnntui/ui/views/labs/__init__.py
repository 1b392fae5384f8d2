"""A screen for each lab, with its style sheet beside it, so that each lab is complete in its own folder."""
