"""What tells that losses are those of opponents, or that the held-out one is another than is trained on: for `headlines`."""

from ..base import Need

GAME = (
    Need("fact:reinforcement", optional=True),
    Need("event:optimizer", optional=True),
    Need("event:loop", optional=True),
    Need("event:graph", optional=True),
    Need("event:generated", optional=True),
    Need("event:loss-call", optional=True),
)
