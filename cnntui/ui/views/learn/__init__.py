"""The outline of the course."""
