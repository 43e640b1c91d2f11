"""First losses of untrained networks, as a watched run tells of them: for the rule on the start.

Sound are perceptrons with the usual initialisation of torch (weights and biases uniform within one over the root of the inputs), on
standardised inputs; ill are the same on raw pixels, and with weights of spread 1. A family is the loss × the depth.
"""

from collections.abc import Callable, Iterator
from types import MappingProxyType

import numpy as np

from losscompass.evidence.records import Event
from losscompass.evidence.run import Run

from .corpus import Case

RULE = "initial-loss-off"
DEPTHS = (1, 2, 4, 8)
BATCH = 64
Array = np.ndarray


def cases(each: int, seed: int = 20) -> Iterator[Case]:
    """`each` cases of every shape and family."""
    for number, (function, told) in enumerate(LOSSES):
        for depth in DEPTHS:
            for shape in ("usual start", "raw pixels", "wide start"):
                for i in range(each):
                    rng = np.random.default_rng([seed, number, depth, len(shape), i])
                    ill = shape != "usual start"
                    run = Run(
                        source="made",
                        facts=MappingProxyType({"watched": True}),
                        events=(told(function, rng, depth, shape),),
                    )
                    yield Case(
                        family=f"{function}, {depth} layers",
                        shape=shape,
                        run=run,
                        ill=frozenset({RULE}) if ill else frozenset(),
                        healthy=not ill,
                    )


def _outputs(rng: np.random.Generator, depth: int, outputs: int, shape: str) -> Array:
    """What an untrained network of ReLU or tanh layers gives for a batch."""
    width, features = int(rng.choice([16, 64, 256])), int(rng.choice([4, 30, 784]))
    x = rng.standard_normal((BATCH, features)) if shape != "raw pixels" else rng.integers(0, 256, (BATCH, features))
    bend: Callable[[Array], Array] = np.tanh if rng.random() < 0.5 else lambda a: np.maximum(a, 0)
    for layer in range(depth):
        size = outputs if layer == depth - 1 else width
        bound = 1 / np.sqrt(x.shape[1])
        weight, bias = rng.uniform(-bound, bound, (x.shape[1], size)), rng.uniform(-bound, bound, size)
        if shape == "wide start":
            weight = rng.standard_normal(weight.shape)
        x = x @ weight + bias
        x = x if layer == depth - 1 else bend(x)
    return np.asarray(x)


def _classes(function: str, rng: np.random.Generator, depth: int, shape: str) -> Event:
    classes = int(rng.choice([2, 10, 100, 1000]))
    z = _outputs(rng, depth, classes, shape)
    labels = rng.integers(classes, size=BATCH)
    top = z.max(1, keepdims=True)
    loss = float((np.log(np.exp(z - top).sum(1)) + top[:, 0] - z[np.arange(BATCH), labels]).mean())
    return _told(function, loss, (BATCH, classes))


def _binary(function: str, rng: np.random.Generator, depth: int, shape: str) -> Event:
    z = _outputs(rng, depth, 1, shape)[:, 0]
    loss = float((np.logaddexp(0, z) - z * (rng.random(BATCH) < rng.uniform(0.1, 0.9))).mean())
    return _told(function, loss, (BATCH,))


def _numbers(function: str, rng: np.random.Generator, depth: int, shape: str) -> Event:
    target = rng.standard_normal(BATCH) * np.exp(rng.uniform(-5, 5)) + rng.choice([0.0, 1.0, 100.0])
    off = np.abs(_outputs(rng, depth, 1, shape)[:, 0] - target)
    loss = (
        off**2 if function == "mse_loss" else off if function == "l1_loss" else np.where(off < 1, off**2 / 2, off - 0.5)
    )
    return _told(
        function, float(loss.mean()), (BATCH,), target_mean=float(target.mean()), target_std=float(target.std())
    )


def _told(function: str, value: float, shape: tuple[int, ...], **more: float) -> Event:
    said = {"function": function, "phase": "train", "reduction": "mean", "value": value, "input_shape": shape}
    return Event("loss-call", 0.0, {**said, "input_ops": ("Addmm",), **more})


LOSSES = (
    ("cross_entropy", _classes),
    ("binary_cross_entropy_with_logits", _binary),
    ("mse_loss", _numbers),
    ("l1_loss", _numbers),
    ("smooth_l1_loss", _numbers),
)
