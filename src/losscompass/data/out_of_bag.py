"""Predictions for every row by trees that never saw it (Breiman 2001): cross-validation at the price of one training.

Extremely randomised trees (Geurts, Ernst & Wehenkel 2006) need no scaling and hardly any tuning, so that what they
cannot learn says something of the data.
"""

import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Int

TREES = 100
"""A row is left out by about 37 of them."""

UNSEEN = float(np.exp(-1))
"""Share of the rows that a tree does not see which draws as many as there are."""

FEWEST = 40
"""Rows below which nothing is predicted."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """`shares`: of each class for each row, shape (rows, classes); or `values`: shape (rows,)."""

    shares: Float[np.ndarray, "rows classes"] | None = None
    values: Float[np.ndarray, " rows"] | None = None


FOREST: Final = {"min_samples_leaf": 2, "bootstrap": True, "oob_score": True, "n_jobs": 1}


def trees_for(part: float) -> int:
    """So many trees that a row has as many predictions, whatever part of the rows each tree draws."""
    return round(TREES * float(UNSEEN ** (1 - part)))


def predict_classes(
    x: Float[np.ndarray, "rows columns"],
    codes: Int[np.ndarray, " rows"],
    classes: int,
    seed: int = 0,
    *,
    part: float = 1.0,
) -> Predicted:
    """The share of the trees that say each class; every class of 0 … classes − 1 has a column, whether it occurs or not.

    `part`: what share of the rows each tree draws from.
    """
    from sklearn.ensemble import ExtraTreesClassifier  # type: ignore[import-untyped]

    model = ExtraTreesClassifier(trees_for(part), max_samples=part, random_state=seed, **FOREST)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a row that every tree saw has no prediction: it is told as even shares below
        model.fit(x, codes)
    found = np.asarray(model.oob_decision_function_, dtype=np.float64)
    shares = np.zeros((len(x), classes))
    shares[:, np.asarray(model.classes_, dtype=np.int64)] = found
    unseen = ~np.isfinite(shares).all(axis=1) | (shares.sum(axis=1) == 0)
    shares[unseen] = 1 / classes
    return Predicted(shares=shares)


def predict_values(
    x: Float[np.ndarray, "rows columns"], values: Float[np.ndarray, " rows"], seed: int = 0, *, part: float = 1.0
) -> Predicted:
    """The mean of the trees. `part`: what share of the rows each tree draws from."""
    from sklearn.ensemble import ExtraTreesRegressor

    model = ExtraTreesRegressor(trees_for(part), max_samples=part, random_state=seed, **FOREST)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(x, values)
    found = np.asarray(model.oob_prediction_, dtype=np.float64)
    return Predicted(values=np.where(np.isfinite(found), found, values.mean()))
