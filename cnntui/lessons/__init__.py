"""A course in which one predicts before one sees: pages as data, answers computed from the live network."""
