"""losscompass reads a training loss: what the curve does, how good the value is, what to do next."""

__version__ = "0.1.0"
