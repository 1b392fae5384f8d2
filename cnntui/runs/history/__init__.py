"""What happened in a training: its events, as lines of a file, and the curves made of them."""
