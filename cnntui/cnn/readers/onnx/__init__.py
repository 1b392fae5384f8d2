"""Reads networks that were exported to ONNX, with channels first or last."""
