"""The facts about MNIST: the size of its digits, its classes, and the SHA-256 of its file."""

from __future__ import annotations

MNIST = "MNIST"

SIDE = 28
"""Pixels of a digit image in each direction."""

SHAPE = (SIDE, SIDE, 1)
"""Rows, columns and channels of a digit image."""

CLASSES = tuple("0123456789")
"""The names of the classes."""

MEAN, DEVIATION = 33.3, 78.6
"""The mean and deviation of all training pixels, often used to standardise them: 0.1307 and 0.3081 of 255."""

FILE = "mnist.npz"
"""The asset that holds all 70,000 images."""

SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"
"""The SHA-256 of the bundled data set, so that it need not be computed at every start."""
