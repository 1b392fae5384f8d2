"""Between the app and the terminal: what is written and when, what is read, and how the terminal is restored."""
