"""How a training begins: what the user filled in, checked, and a process that outlives the one that starts it."""
