"""The one table of commands: what can be done, with which keys, and where."""
