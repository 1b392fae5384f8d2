"""Run directories: the whole contract between the trainer, which writes them, and everything else, which reads them.

Standard library and NumPy only. The trainer (`cnntui.training`) is the one writer of a run directory; any number of
viewers follow it by polling, from any process, while it trains or years later.
"""
