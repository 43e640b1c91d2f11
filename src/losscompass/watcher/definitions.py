"""Where the user's file makes a layer: the only line that names its class, if there is just one. Nothing is hooked for it."""

import linecache
from typing import Any, Final

from .places import Places, Spot

MOST: Final = 5_000
"""Lines of a file that are searched, and modules of a model."""

KINDS: Final = {"dropout": ("Dropout",), "batch_norm": ("BatchNorm",), "recurrent": ("RNN", "LSTM", "GRU")}
"""Layers that rules point to, by how the names of their classes begin."""


def line_of(places: Places, near: Spot | None, word: str, hint: str = "") -> Spot | None:
    """The only line of the file of `near` that has the word (and the hint, where several have the word); None otherwise."""
    if near is None:
        return None
    file = near.code.co_filename
    lines = linecache.getlines(file)[:MOST]
    hits = [number for number, line in enumerate(lines, 1) if word in line and not line.lstrip().startswith("#")]
    if len(hits) > 1 and hint:
        hits = [number for number in hits if hint in lines[number - 1].partition(word)[2]]
    # A code object of its own: the function that the line is in is not known.
    return places.spot_of(compile("", file, "exec"), hits[0]) if len(hits) == 1 else None


def of_model(places: Places, module: Any, near: Spot | None) -> dict[str, Spot | None]:
    """Where a model's dropout (the strongest), batch norm and recurrent layers are made, and its weights initialised."""
    found: dict[str, Spot | None] = {}
    layers = [] if module is None else list(module.modules())[:MOST]
    for key, starts in KINDS.items():
        mine = [one for one in layers if type(one).__name__.startswith(starts)]
        if mine:
            chosen = max(mine, key=lambda one: getattr(one, "p", 0.0)) if key == "dropout" else mine[0]
            hint = str(chosen.p) if key == "dropout" and hasattr(chosen, "p") else ""
            found[key] = line_of(places, near, f"{type(chosen).__name__}(", hint)
    found["init"] = line_of(places, near, "init.", "weight")
    return found
