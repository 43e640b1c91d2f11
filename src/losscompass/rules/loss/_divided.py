"""A mean that is divided once more, told by its graph and by the rate that SGD steps on it with."""

from ...evidence.records import Event
from ..seen import count, number, texts

SURE = 64
"""Divided by so many beyond what is accumulated, a single mean is divided by some number of samples."""
MADE_UP = 0.01
"""Rate of SGD, momentum and the factor counted in, up to which nobody meant the factor: usual rates are larger."""


def divided_alone(graph: Event, optimizer: Event | None, parts: float) -> bool:
    """Whether the loss is one mean, and nothing but divided before SGD steps on it: no weight of a term among others."""
    ops = texts(graph, "root_ops")
    single = count(graph, "loss_nodes") == 1 and set(ops[:-1]) == {"Div"}
    return optimizer is not None and single and parts >= SURE and abs(parts - round(parts)) < 1e-3


def share_of_all(graph: Event, optimizer: Event | None, factor: float, each: int) -> bool:
    """Whether one mean is multiplied and divided to next to nothing (the batch over all samples), and SGD does not make up for it."""
    ops = set(texts(graph, "root_ops")[:-1])
    rate, momentum = (
        (number(optimizer, key) or 0.0 for key in ("lr", "momentum")) if optimizer is not None else (1.0, 0.0)
    )
    small = factor * each <= 1 / SURE and rate * factor / max(1e-3, 1 - momentum) <= MADE_UP
    return optimizer is not None and small and ops == {"Div", "Mul"} and count(graph, "loss_nodes") == 1
