"""A page of the course beside the view that it is about."""
