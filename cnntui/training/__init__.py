"""The trainer: the only code that imports Keras and TensorFlow.

It is started by name (`python -m cnntui.training RUN`), by `cnntui.runs.starting.process`, and never imported. Read
`recipe.py` first: the network and how it learns, from top to bottom.
"""
