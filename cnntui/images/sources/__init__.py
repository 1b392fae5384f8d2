"""The kinds of files and folders that labelled images come in, with a reader for each."""
