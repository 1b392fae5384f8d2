"""The request for a training run: its settings, each declared once, and the network that they describe."""
