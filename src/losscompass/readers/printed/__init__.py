"""Printed logs: what any training script wrote to a terminal, read by how people print and not by who wrote it."""

from .reader import READER

__all__ = ["READER"]
