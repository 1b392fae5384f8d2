"""What reads a run directory: opening, following and watching runs, judging their curves, taking them elsewhere."""
