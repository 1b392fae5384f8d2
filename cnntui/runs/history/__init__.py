"""The history of a training: its events, as lines of a file, and the curves computed from them."""
