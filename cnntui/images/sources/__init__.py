"""Kinds of files and folders that labelled images come in, each with a reader of its own."""
