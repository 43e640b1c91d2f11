"""Samples that a watched run has several times, in training and in validation: copied before they were split."""

from ...evidence.run import Run
from ..base import Finding, Severity
from ..pairs import figure, pairs

COPIES = 0.2  # share of the validation that is in training
WITHIN = 0.97  # share of a batch that differs, where copies are in it, too
MIXED = 0.5  # share of the validation that came in batches of which a part is in training
LEVELS, FEATURES = 5, 4  # different values, and features, from which on equal samples are no chance
WHOLE = 0.9  # share of the validation from which on, in a watched run, it is not a leak but the same data


def copied_before_split(run: Run) -> Finding | None:
    """Of a watched run: samples that are there several times, in training and in validation: copied before they were split."""
    for look in pairs(run):
        val, shared = figure(look, "val_distinct", 0), figure(look, "val_in_train", 0)
        if val < 20 or shared < COPIES * val or figure(look, "train_distinct", 0) < 20:
            continue
        if figure(look, "levels", 0) < LEVELS or figure(look, "varying", 0) < FEATURES:
            continue
        copied = figure(look, "train_varied", 1) <= WITHIN and figure(look, "val_varied", 1) <= WITHIN
        if not copied and (figure(look, "val_mixed", 0) < MIXED or shared >= WHOLE * val):
            continue  # the very samples of the training, each once: validation-is-train, or a pass over the training's own
        share = min(1.0, shared / val)
        values: dict[str, float | int | str] = {
            "what": "words:train-validation-leak.rows",
            "exact": share,
            "near": 0.0,
            "count": int(shared),
            "rows": int(val),
        }
        return Finding(
            onset=None, values=values, severity=Severity.CRITICAL, confidence=0.9, place=look.places.get("val")
        )
    return None
