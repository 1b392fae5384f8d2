"""The course at a glance."""
