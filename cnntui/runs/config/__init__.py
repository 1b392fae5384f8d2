"""The request for a training: its settings, each declared once, and the network that they describe."""
