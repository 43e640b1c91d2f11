"""Of several optimisers: those that step and step, and no backward ever reaches them, although their network is at work."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..evidence.records import Event, Place
from ..evidence.run import Run
from .seen import count, latest, number, place, shown, texts

STEPS = 10


@dataclass(frozen=True, slots=True)
class Idle:
    """One of them. `names`: of what it holds; `cut`: the line that cuts the graph, where one was seen."""

    loop: Event
    names: str
    cut: Place | None


def unreached(run: Run) -> Iterator[Idle]:
    """In the order in which they were made."""
    loops = latest(run, "loop", "optimizer")
    for loop in loops:
        steps, mine = count(loop, "steps"), number(loop, "optimizer")
        if len(loops) < 2 or steps < STEPS or count(loop, "backwards") or count(loop, "steps_without_gradient") < steps:
            continue
        looks = [one for one in run.happened("coverage") if number(one, "optimizer") == mine]
        others = [one for one in run.happened("coverage") if number(one, "optimizer") != mine]
        if any(count(one, "reached_held") for one in looks):
            continue
        made = next((one for one in run.happened("optimizer") if number(one, "number") == mine), None)
        held = count(looks[-1], "held") if looks else count(made, "tensors") if made is not None else 0
        whole = not looks or count(looks[-1], "held_not_reached") == held
        # Its network is at work where as many tensors are called and not reached.
        if held and whole and any(count(one, "cut") >= held for one in (*looks, *others)):
            names = texts(looks[-1], "held_not_reached_names") if looks else ()
            yield Idle(loop, shown(names), place(looks[-1], "cut") if looks else None)
