"""A column of a forecast's input that was smoothed from either side, so that it holds what is to be forecast."""

import ast

from ...evidence.records import Place
from ...evidence.run import Run
from ..base import Finding
from ..seen import number, place
from ..source import place_at, program_told
from ..source.shape import argument, last_name

CENTRED = frozenset(("gaussian_filter1d", "savgol_filter", "uniform_filter1d", "filtfilt", "medfilt", "sosfiltfilt"))
"""Filters that look to either side."""


def looks_ahead(run: Run) -> Finding | None:
    """The first batch of which it was told, by its numbers."""
    for event in (*run.happened("graph"), *run.happened("loss-call")):
        column, forecast = number(event, "sees_ahead"), number(event, "ahead_of")
        if column is not None and forecast is not None:
            seen = f"input[..., {column:.0f}] ~ input[t+1:, {forecast:.0f}]"
            return Finding(
                onset=None, values={"seen": seen}, confidence=0.95, place=_smoothed(run) or place(event, "at")
            )
    return None


def _smoothed(run: Run) -> Place | None:
    """The only line of the program that smooths, or moves a column, to either side."""
    found = {}
    for file in program_told(run).files:
        padded = any(_to_both_sides(one) for one in ast.walk(file.tree))
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call) and _centred(node, padded=padded):
                found[file.name, node.lineno] = place_at(file, node)
    return next(iter(found.values())) if len(found) == 1 else None


def _centred(call: ast.Call, *, padded: bool) -> bool:
    """`convolve(x, k, "same")`, or "valid" of what was filled up at both ends; `rolling(7, center=True)`; `shift(-1)`."""
    name = last_name(call.func)
    if name in CENTRED:
        return True
    if name in {"convolve", "correlate", "fftconvolve"}:
        mode = argument(call, 2, "mode")
        word = mode.value if isinstance(mode, ast.Constant) else ""
        return word == "same" or (word == "valid" and padded)
    if name == "rolling":
        centre = argument(call, -1, "center")
        return isinstance(centre, ast.Constant) and centre.value is True
    return name == "shift" and bool(call.args) and isinstance(call.args[0], ast.UnaryOp)


def _to_both_sides(node: ast.AST) -> bool:
    """`np.pad(x, 3)` and `np.pad(x, (3, 3))`."""
    if not isinstance(node, ast.Call) or last_name(node.func) != "pad":
        return False
    width = argument(node, 1, "pad_width")
    if isinstance(width, ast.Tuple | ast.List):
        return not any(isinstance(one, ast.Constant) and one.value == 0 for one in width.elts)
    return width is not None
