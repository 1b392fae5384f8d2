"""Between the app and the terminal: what is written, when, what is read, and how the terminal is given back."""
