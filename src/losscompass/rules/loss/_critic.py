"""What a critic is asked, and what the generator wants it to answer."""

import ast

from ...evidence.records import Event, Place
from ...evidence.run import Run
from ..seen import count, number, place, text, texts
from ..source import plain, program

PLAIN = {"Neg", "Mean", "Sum", "View", "Squeeze", "ToCopy", "Clone"}
BOUNDED = (
    "NllLoss",
    "MseLoss",
    "L1Loss",
    "SmoothL1Loss",
    "HuberLoss",
    "BinaryCrossEntropy",
    "CrossEntropyLoss",
    "KlDiv",
)
"""Losses that no model brings below zero: there is nothing to gain by going up."""
PICKING = {"Gather", "Index"}
"""What takes the answer for the right class of each sample."""
MADE = ("fake", "made", "generated", "synth")
"""Words for what a generator made."""


def negated(graph: Event) -> bool:
    """Whether what is back-propagated is a loss function's result, turned over."""
    ops = texts(graph, "root_ops")
    factor = number(graph, "scaled_by")
    if not ops or not ops[-1].startswith(BOUNDED):
        return False
    return (factor is not None and factor < 0) or (set(ops[:-1]) <= PLAIN and ops.count("Neg") % 2 == 1)


def likelihood_lowered(graph: Event) -> bool:
    """Whether the mean log-probability of the right classes, picked by hand, is made small: no minus stands before it."""
    return _picked(graph) == 1


def raised_when_maximised(graph: Event) -> bool:
    """Whether an optimiser that goes up makes an error larger: a loss function as it is, or minus a log-probability."""
    ops, factor = texts(graph, "root_ops"), number(graph, "scaled_by")
    plain_loss = bool(ops) and ops[-1].startswith(BOUNDED) and set(ops[:-1]) <= PLAIN - {"Neg"}
    return (plain_loss and (factor is None or factor > 0)) or _picked(graph) == -1


def _picked(graph: Event) -> int:
    """The sign before log-probabilities of which one a sample is picked; 0 where that is not what the loss is."""
    ops = texts(graph, "root_ops")
    above = ops[: ops.index("LogSoftmax")] if "LogSoftmax" in ops else ()
    if not PICKING & set(above) or not set(above) <= PLAIN | PICKING:
        return 0
    return -1 if above.count("Neg") % 2 else 1


def wrongly_asked(run: Run, graphs: tuple[Event, ...]) -> tuple[Event, Event] | None:
    """The generator's loss and its graph, if it wants its samples to be called what the critic learns to call them.

    Then nobody pulls against anybody.
    """
    calls = [one for one in run.happened("loss-call") if text(one, "phase") != "val" and _label(one) is not None]
    deepest = max(graphs, key=lambda one: count(one, "parameters"))  # through the critic into the generator
    size = abs(number(deepest, "value") or 0.0)
    mine = [one for one in calls if number(one, "value") == size and one.step == deepest.step]
    if len(mine) != 1 or count(deepest, "loss_nodes") != 1:
        return None
    theirs = _of_critic(run, [one for one in calls if number(one, "site") != number(mine[0], "site")])
    fake = {_label(one) for one, on_fakes in theirs if on_fakes}
    real = {_label(one) for one, on_fakes in theirs if not on_fakes}
    wanted = real if negated(deepest) else fake  # the minimax form turns over what is right for the critic
    if len(fake) == len(real) == 1 and fake != real and {_label(mine[0])} == wanted:
        return mine[0], deepest
    return None


def _of_critic(run: Run, calls: list[Event]) -> list[tuple[Event, bool]]:
    """The losses of the critic, the first time each, and whether it is asked about what the generator made.

    Where two of them stand in one line, the text of their first arguments tells: they are computed from left to right.
    """
    found: list[tuple[Event, bool]] = []
    for site in sorted({number(one, "site") or 0.0 for one in calls}):
        here = [one for one in calls if number(one, "site") == site]
        at, here = place(here[0], "at"), [one for one in here if one.step == here[0].step]
        if not here:
            continue
        if at is None or len(here) == 1:
            found.append((here[0], at is not None and _fakes(at.code)))
            continue
        said = _asked_about(run, at)
        if len(said) == len(here) and len({_fakes(one) for one in said}) > 1:
            found.extend((one, _fakes(words)) for one, words in zip(here, said, strict=True))
    return found


def _asked_about(run: Run, at: Place) -> list[str]:
    """The first arguments of the calls of one function in a line, from left to right; of the function that has most."""
    file = program(run).file(at.file) if run.happened("source") else None
    by_name: dict[str, list[ast.Call]] = {}
    for node in ast.walk(file.tree) if file is not None else ():
        if (
            isinstance(node, ast.Call)
            and len(node.args) > 1
            and at.line <= node.lineno <= at.line + at.code.count("\n")
        ):
            by_name.setdefault(plain(node.func), []).append(node)
    most = max(by_name.values(), key=len, default=[])
    return [plain(one.args[0]) for one in sorted(most, key=lambda one: (one.lineno, one.col_offset))]


def _fakes(code: str) -> bool:
    """Whether it is about what the generator made: it is cut from the generator, or called a fake."""
    said = code.lower()
    return ".detach()" in said or (any(word in said for word in MADE) and "real" not in said)


def _label(call: Event) -> float | None:
    """The one label that all of a critic's samples are given."""
    low = number(call, "target_min")
    return low if low is not None and low == number(call, "target_max") else None
