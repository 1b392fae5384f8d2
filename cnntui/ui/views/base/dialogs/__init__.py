"""Questions that cover a view until they are answered."""
