"""The curves of a run, wherever they are shown, and the words for their newest values."""
