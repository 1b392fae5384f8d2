"""How a training begins: what a person wrote, checked, and a process that outlives the one that starts it."""
