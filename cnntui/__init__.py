"""cnntui: watch a convolutional network learn in your terminal, then take it apart number by number."""

from __future__ import annotations

__version__ = "0.1.0"
