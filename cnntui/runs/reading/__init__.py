"""Reads run directories: opening, following and watching runs, judging their curves, and exporting them."""
