"""The screen of the very first start."""
