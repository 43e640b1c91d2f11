"""Data that are made twice from the same seed: the same samples, in training and in validation."""

import ast
from typing import NamedTuple

from ...evidence.records import Place
from ...evidence.run import Run
from .files import File, Program, place_at, program_told
from .shape import ancestors, argument, plain

SIZES = ("n", "count", "size", "samples", "rows", "length", "total", "amount")
"""What the number of the samples is called."""


class Twin(NamedTuple):
    """Where the validation is made, what is called, and with which seed."""

    place: Place
    name: str
    seed: str


def same_seed(run: Run) -> Twin | None:
    """Data that one function or class of the user's own makes twice: in another number, and from the same seed."""
    read = program_told(run)
    made: dict[tuple[str, str], list[tuple[File, ast.Call, str, str, str]]] = {}
    for name in [*read.functions, *read.classes]:
        parameters = _parameters(read, name)
        seeds = [one for one in parameters if "seed" in one]
        if len(seeds) != 1:
            continue
        for file, call in read.calls_of.get(name, []):
            seed = argument(call, parameters.index(seeds[0]), seeds[0])
            size = [
                argument(call, at, one)
                for at, one in enumerate(parameters)
                if one in SIZES or one.startswith(("n_", "num"))
            ]
            given = [*call.args, *(each.value for each in call.keywords)]
            others = [plain(one) for one in given if one is not seed and one not in size]
            side = _side(file, call)
            if seed is not None and len(size) == 1 and size[0] is not None and side and not _random(seed):
                one = (file, call, side, plain(size[0]), plain(seed))
                made.setdefault((name, f"{plain(seed)} {others}"), []).append(one)
    for (name, _), found in made.items():
        if {"train", "val"} <= {one[2] for one in found} and len({one[3] for one in found}) > 1:
            file, call, _, _, text = next(one for one in found if one[2] == "val")
            return Twin(place_at(file, call), name, text)
    return None


def _parameters(read: Program, name: str) -> list[str]:
    """What a function, or the making of an object, is given by position."""
    function = read.functions.get(name, [None])[0] if len(read.functions.get(name, [])) == 1 else None
    if function is None and name in read.classes:
        function = next(
            (one for one in read.classes[name].body if isinstance(one, ast.FunctionDef) and one.name == "__init__"),
            None,
        )
    names = [] if function is None else [one.arg for one in [*function.args.posonlyargs, *function.args.args]]
    return names[1:] if names[:1] == ["self"] else names


def _side(file: File, call: ast.Call) -> str:
    """Whether the data are of the training or of the validation, by the name that they are given."""
    statement = next((one for one in ancestors(call, file.parents) if isinstance(one, ast.stmt)), None)
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    words = " ".join(plain(one) for one in targets).lower()
    train, val = "train" in words, any(one in words for one in ("val", "test", "dev", "eval"))
    return "train" if train and not val else "val" if val and not train else ""


def _random(seed: ast.expr) -> bool:
    """Whether a seed is another one at each call."""
    return any(isinstance(one, ast.Call) for one in ast.walk(seed))
