"""What writes a run directory: the trainer's side of it, and a script's."""
