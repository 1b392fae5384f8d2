"""The numbers that a course asks for, each computed from what is looked at. Their names are those of its files."""
