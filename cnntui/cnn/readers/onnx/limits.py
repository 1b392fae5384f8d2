"""What an ONNX file may hold; nothing is imported, as the process that reads it knows them too."""

MOST_FILE_BYTES = 256 * 1024**2
"""More than as many parameters take as are read."""

MOST_NODES = 5000
"""Operations of a graph."""

MOST_WHOLE_NUMBERS = 4096
"""Of a constant that shapes are computed with."""

EXTERNAL = "external data"
"""Stands for a file that keeps its weights in other files."""
