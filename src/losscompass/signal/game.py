"""Whether two networks are trained against each other, or one against a measure that another one learns: no loss of theirs converges."""

import re
from collections.abc import Iterable

from ..evidence.names import Kind
from ..evidence.records import Event
from ..evidence.run import Run

_DUELS = (
    (frozenset(("g", "gen", "generator", "netg")), frozenset(("d", "dis", "disc", "discriminator", "netd", "critic"))),
    (frozenset(("act", "actor", "policy", "pi", "pg")), frozenset(("cri", "critic", "value", "vf", "q"))),
)
"""Words of the two sides: generator and discriminator, actor and critic."""

_IN_TURN = re.compile(r"S[^S]*B[^S]*S")
_TOGETHER = re.compile(r"B[^S]*B")
"""Of the acts of a step: one optimiser steps, then something is back-propagated and another one steps; or all is
back-propagated first."""


def adversarial(run: Run) -> bool:
    """Whether the losses are those of opponents: by what they, or their optimisers, are called, or by what the run did.

    What it did: an optimiser of its own for each side, that step in turn, and a loss that goes through the tensors of both
    beside one that reaches those of one side only; or samples that one network makes and another one is shown beside real ones.
    """
    losses = (s for s in run.series.values() if s.role.kind in {Kind.LOSS, Kind.LOSS_PART})
    if _a_duel(f"{s.name} {s.raw}" for s in losses):
        return True
    made = {_number(one, "number"): one for one in run.happened("optimizer") if _number(one, "follows") in {None, -1.0}}
    if len(made) < 2:
        return False
    if run.happened("generated"):
        return True
    return _a_duel(str(one.data.get("variable", "")) for one in made.values()) or _through_each_other(run)


def _a_duel(names: Iterable[str]) -> bool:
    said = [set(re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())) for name in names]
    return any(any(one & words for words in said) and any(other & words for words in said) for one, other in _DUELS)


def _through_each_other(run: Run) -> bool:
    """One loss through both networks, one through a single one, again and again by turns, and a step after each."""
    when: dict[bool, list[float]] = {True: [], False: []}
    sites: dict[float, set[bool]] = {}
    for graph in run.happened("graph"):
        holders, site = _number(graph, "holders"), _number(graph, "site")
        if holders and site is not None and isinstance(graph.step, int | float):
            when[holders > 1].append(float(graph.step))
            sites.setdefault(site, set()).add(holders > 1)
    if not all(when.values()) or {True} not in sites.values() or {False} not in sites.values():
        return False
    by_turns = min(when[True]) < max(when[False]) and min(when[False]) < max(when[True])
    acts = [str(one.data.get("order", "")) for one in run.happened("loop")]
    return by_turns and (any(map(_IN_TURN.search, acts)) or not any(map(_TOGETHER.search, acts)))


def _number(event: Event, key: str) -> float | None:
    value = event.data.get(key)
    return (
        float(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15 else None
    )
