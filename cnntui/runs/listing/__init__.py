"""What a list says of each run, found without reading all of its events."""
