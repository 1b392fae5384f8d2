"""Questions that lie over a view until they are answered."""
