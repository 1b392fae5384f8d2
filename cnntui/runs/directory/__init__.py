"""The files of a run: where they are, who holds them, the requests to its trainer, and the data it was trained on."""
