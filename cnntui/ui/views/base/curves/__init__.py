"""The curves of a training, wherever they are shown, and the words for their newest values."""
