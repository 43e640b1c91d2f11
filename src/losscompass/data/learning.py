"""What a plain model learns from the inputs, how much more it would from more rows, and what its rows say of the labels."""

from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Float

from ..evidence.records import Event
from .design_matrix import ROWS, Design
from .giveaway import skill_of_classes, skill_of_values
from .label_noise import doubts
from .out_of_bag import FEWEST, predict_classes, predict_values
from .target import Target

SHOWN = 50
"""Doubted rows that are named."""

PARTS = (1 / 16, 1 / 8, 1 / 4, 1 / 2)
"""Of the rows, for the learning curve."""

SMALL, MANY = 1 / 4, 10_000
"""Parts smaller than this are tried only where the table holds so many rows that it could be thinned out."""


def learned(design: Design, target: Target, whole_rows: int, seed: int = 0) -> Iterator[Event]:
    """The events `giveaway`, `prediction`, `labels-doubted` of a sample; none where there is too little to learn from."""
    known = np.flatnonzero(target.known)
    if target.codes is not None:
        counts = target.counts
        known = known[counts[target.codes[known]] >= 2]
    if known.size > ROWS:
        known = np.sort(np.random.default_rng(seed).choice(known, ROWS, replace=False))
    x, rows = design.x[known], design.row[known]
    if known.size < FEWEST or x.shape[1] == 0:
        return
    truth = target.codes[known] if target.codes is not None else target.values[known]  # type: ignore[index]
    if np.unique(truth).size < 2:
        return
    if target.codes is not None:
        skills = skill_of_classes(x, truth, len(target.classes), seed)
    else:
        skills = skill_of_values(x, truth, seed)
    order = np.argsort(-skills)[:20]
    yield Event(
        "giveaway",
        data={
            "names": tuple(design.names[at] for at in order),
            "skills": tuple(skills[order].tolist()),
            "rows": int(known.size),
        },
    )
    yield from (
        _classes(x, truth, rows, target, whole_rows, seed)
        if target.codes is not None
        else _values(x, truth, whole_rows, seed)
    )


def _classes(
    x: np.ndarray, codes: np.ndarray, rows: np.ndarray, target: Target, whole_rows: int, seed: int
) -> Iterator[Event]:
    classes = len(target.classes)
    shares = predict_classes(x, codes, classes, seed).shares
    assert shares is not None
    right = (shares.argmax(axis=1) == codes).astype(np.float64)
    guess = float(np.bincount(codes).max() / codes.size)
    curve = _curve(codes.size, whole_rows, lambda part: _accuracy(x, codes, classes, seed, part))
    yield Event(
        "prediction",
        data={
            "metric": "accuracy",
            "score": float(right.mean()),
            "error": float(right.std() / np.sqrt(right.size)),
            "guess": guess,
            "ranking": ranking(shares, codes),
            "least": int(np.bincount(codes)[np.bincount(codes) > 0].min()),
            "rows": int(codes.size),
            "whole_rows": whole_rows,
            "sizes": (*curve[0], int(codes.size)),
            "scores": (*curve[1], float(right.mean())),
            "features": int(x.shape[1]),
        },
    )
    found = doubts(shares, codes, seed)
    order = np.flatnonzero(found.doubted)
    order = order[np.argsort(-found.margin[order], kind="stable")]
    yield Event(
        "labels-doubted",
        data={
            "share": found.share,
            "low": found.low,
            "high": found.high,
            "certain": found.certain,
            "doubted": int(order.size),
            "looked_at": int(codes.size),
            "whole_rows": whole_rows,
            "score": float(right.mean()),
            "guess": guess,
            "rows": tuple(rows[order[:SHOWN]].tolist()),
            "given": tuple(target.classes[k] for k in codes[order[:SHOWN]]),
            "suggested": tuple(target.classes[k] for k in found.suggested[order[:SHOWN]]),
            "margins": tuple(found.margin[order[:SHOWN]].tolist()),
        },
    )


def _values(x: np.ndarray, values: np.ndarray, whole_rows: int, seed: int) -> Iterator[Event]:
    guessed = predict_values(x, values, seed).values
    assert guessed is not None
    variance = float(values.var())
    squares = (values - guessed) ** 2
    curve = _curve(values.size, whole_rows, lambda part: _explained(x, values, seed, part))
    yield Event(
        "prediction",
        data={
            "metric": "r2",
            "score": float(1 - squares.mean() / variance),
            "error": float(squares.std() / np.sqrt(squares.size) / variance),
            "guess": 0.0,
            "noise": float(squares.mean()),
            "rows": int(values.size),
            "whole_rows": whole_rows,
            "sizes": (*curve[0], int(values.size)),
            "scores": (*curve[1], float(1 - squares.mean() / variance)),
            "features": int(x.shape[1]),
        },
    )


def _curve(rows: int, whole_rows: int, score: Callable[[float], float]) -> tuple[list[int], list[float]]:
    """The score on all rows where each tree draws from a part of them: the learning curve, from the same rows throughout."""
    parts = [part for part in PARTS if part * rows >= FEWEST and (part >= SMALL or whole_rows >= MANY)]
    return [int(part * rows) for part in parts], [score(part) for part in parts]


def _accuracy(x: np.ndarray, codes: np.ndarray, classes: int, seed: int, part: float) -> float:
    shares = predict_classes(x, codes, classes, seed, part=part).shares
    assert shares is not None
    return float((shares.argmax(axis=1) == codes).mean())


def _explained(x: np.ndarray, values: np.ndarray, seed: int, part: float) -> float:
    guessed = predict_values(x, values, seed, part=part).values
    return float(1 - np.mean((values - guessed) ** 2) / values.var())


def ranking(shares: Float[np.ndarray, "rows classes"], codes: np.ndarray) -> float:
    """The chance that a row of a class is given more of it than a row of another (ROC AUC), mean over the classes."""
    areas = []
    for k in range(shares.shape[1]):
        own = codes == k
        if 0 < own.sum() < codes.size:
            distinct, place = np.unique(shares[:, k], return_inverse=True)
            ends = np.cumsum(np.bincount(place, minlength=distinct.size))
            middle = ends - (np.bincount(place, minlength=distinct.size) - 1) / 2
            ranks = middle[place]
            areas.append((ranks[own].sum() - own.sum() * (own.sum() + 1) / 2) / (own.sum() * (~own).sum()))
    return float(np.mean(areas)) if areas else 0.5
