"""The numbers that a course asks for, each computed from the scene on the screen, under the names used in its files."""
