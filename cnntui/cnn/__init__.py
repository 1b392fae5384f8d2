"""The mathematics: a convolutional network in NumPy, and the walk of its windows as values. No user interface."""
