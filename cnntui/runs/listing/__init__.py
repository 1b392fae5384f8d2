"""What a list says about each run, found without reading all of its events."""
