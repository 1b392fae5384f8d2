"""How a training begins: what a person filled in, checked, and a process that outlives the one that starts it."""
