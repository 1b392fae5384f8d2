"""Reads networks that were exported to ONNX, channels first or last."""
