"""What was asked of a training: its settings, each declared once, and the network that they ask for."""
