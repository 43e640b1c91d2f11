"""Streams of labels whose order is known, as a watched run tells of them: for the rules that read the order of the data.

A family is a number of classes, even or uneven, × a batch size. Sound are shuffled streams, and those of samplers that put a few
of a class together on purpose; ill are streams that go class by class, as stored or with some disorder.
"""

from collections.abc import Iterator
from types import MappingProxyType

import numpy as np

from losscompass.evidence.records import Event
from losscompass.evidence.run import Run

from .corpus import Case

CLASSES = (2, 3, 10, 100)
SIZES = (1, 8, 32, 256)
LOOKS = (1, 3, 10, 30, 100)
"""After how many batches the watcher tells what it has seen."""
RULE = "data-not-shuffled"


def cases(each: int, seed: int = 20) -> Iterator[Case]:
    """`each` cases of every shape and family."""
    for classes in CLASSES:
        for size in SIZES:
            for uneven in (False, True):
                for number, (shape, make, ill) in enumerate(SHAPES):
                    for i in range(each):
                        rng = np.random.default_rng([seed, classes, size, uneven, number, i])
                        labels = make(_labels(rng, classes, size, uneven=uneven), rng)
                        yield Case(
                            family=f"{classes} classes{', uneven' if uneven else ''}, batches of {size}",
                            shape=shape,
                            run=_run(labels, size, rng),
                            ill=frozenset({RULE}) if ill else frozenset(),
                            healthy=not ill,
                        )


def _labels(rng: np.random.Generator, classes: int, size: int, *, uneven: bool) -> np.ndarray:
    """The labels of a data set, in the order of its classes."""
    n = size * int(rng.integers(10, 101))
    shares = rng.dirichlet(np.full(classes, 0.5 if uneven else 1e6))
    return np.sort(rng.choice(classes, n, p=shares))


def _shuffled(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.permutation(labels)


def _in_fours(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Groups of four of a class in random order: what a sampler for metric learning gives."""
    groups = [labels[i : i + 4] for i in range(0, labels.size, 4)]
    return np.concatenate([groups[i] for i in rng.permutation(len(groups))])


def _as_stored(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:  # noqa: ARG001
    return labels


def _with_disorder(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A tenth of the samples lies anywhere."""
    stream = labels.copy()
    at = rng.choice(labels.size, labels.size // 10, replace=False)
    stream[at] = stream[rng.permutation(at)]
    return stream


SHAPES = (
    ("shuffled", _shuffled, False),
    ("fours of a class", _in_fours, False),
    ("class by class", _as_stored, True),
    ("nearly class by class", _with_disorder, True),
)


def _run(stream: np.ndarray, size: int, rng: np.random.Generator) -> Run:
    batches = stream.size // size
    looks = [*(look for look in LOOKS if look < batches), batches]
    events = tuple(_told(stream[: look * size], size, look, rng) for look in looks)
    return Run(source="made", facts=MappingProxyType({"watched": True}), events=events)


def _told(stream: np.ndarray, size: int, look: int, rng: np.random.Generator) -> Event:
    _, labels = np.unique(stream, return_inverse=True)
    shares = np.bincount(labels) / labels.size
    return Event(
        "labels",
        float(look),
        {
            "batches": look,
            "samples": int(labels.size),
            "classes": int(shares.size),
            "shares": tuple(float(share) for share in shares),
            "purity": _purity(labels, size),
            "purity_expected": float(np.mean([_purity(rng.permutation(labels), size) for _ in range(5)])),
            "changes": float(np.mean(labels[1:] != labels[:-1])) if labels.size > 1 else 0.0,
            "changes_expected": float(1 - (shares**2).sum()),
            "monotone": float(np.mean(np.diff(stream) >= 0)) if stream.size > 1 else 1.0,
            "loader": 0,
        },
    )


def _purity(labels: np.ndarray, size: int) -> float:
    return float(np.mean([np.bincount(batch).max() / size for batch in labels.reshape(-1, size)]))
