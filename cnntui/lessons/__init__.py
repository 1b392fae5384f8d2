"""A course in which people predict before they see: pages as data, answers computed from the live network."""
