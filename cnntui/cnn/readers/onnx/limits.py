"""What an ONNX file may hold. Nothing is imported: the process that reads the file needs these limits, too."""

MOST_FILE_BYTES = 256 * 1024**2
"""More bytes than the most parameters that are read."""

MOST_NODES = 5000
"""The most operations in a graph."""

MOST_WHOLE_NUMBERS = 4096
"""The most numbers in a constant for computing shapes."""

EXTERNAL = "external data"
"""Stands for a file whose weights are in other files."""
