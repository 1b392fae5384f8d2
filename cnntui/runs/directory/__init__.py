"""The files of a run: where they are, who holds them, what a trainer is told in them, and which data they belong to."""
