"""How rules read the events of a watched run (`docs/events.md`): a key that is missing, or of another type, says nothing."""

from collections.abc import Iterator
from dataclasses import replace
from math import isfinite

from ..evidence.records import Event, Place
from ..evidence.run import Run
from .base import Undecided


def number(event: Event, key: str) -> float | None:
    """A finite number; None where there is none."""
    value = event.data.get(key)
    return _finite(value)


def count(event: Event, key: str) -> int:
    """A count, 0 where none is told."""
    value = _finite(event.data.get(key))
    return int(value) if value is not None and 0 < value < 2**63 else 0


def flag(event: Event, key: str) -> bool:
    """Whether it is told to be so."""
    return event.data.get(key) is True


def text(event: Event, key: str) -> str:
    """A word, empty where none is told."""
    value = event.data.get(key)
    return value if isinstance(value, str) else ""


def texts(event: Event, key: str) -> tuple[str, ...]:
    """Several words; those that are none are left out."""
    value = event.data.get(key)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, tuple | list) else ()


def numbers(event: Event, key: str) -> tuple[float, ...]:
    """Several finite numbers; empty where one of them is none."""
    value = event.data.get(key)
    read = [_finite(one) for one in value] if isinstance(value, tuple | list) else []
    return () if None in read else tuple(one for one in read if one is not None)


def shape(event: Event, key: str) -> tuple[int, ...] | None:
    """The shape of a tensor; () is that of a number. None where it is not told."""
    value = event.data.get(key)
    if not isinstance(value, tuple | list):
        return None
    read = [_finite(one) for one in value]
    whole = tuple(int(one) for one in read if one is not None and one == int(one) and one >= 0)
    return whole if len(whole) == len(value) else None


def place(event: Event | None, *keys: str) -> Place | None:
    """The first of the places that is known."""
    if event is None:
        return None
    return next((found for key in keys if isinstance(found := event.places.get(key), Place)), None)


def step_of(event: Event) -> float | None:
    """When it was, None where that is not told."""
    return _finite(event.step)


def latest(run: Run, name: str, key: str) -> tuple[Event, ...]:
    """Of events that grow: the last one of each number that `key` holds, with what only earlier ones of it told."""
    last: dict[float | None, Event] = {}
    for event in run.happened(name):
        before = last.get(number(event, key), event)
        last[number(event, key)] = replace(
            event, data={**before.data, **event.data}, places={**before.places, **event.places}
        )
    return tuple(last.values())


def looked(run: Run, name: str) -> tuple[Event, ...]:
    """The events of a name. Raises Undecided where none was written yet, and nothing can be said either way."""
    found = run.happened(name)
    if not found:
        raise Undecided(f"watched-{name}")
    return found


def loops(run: Run) -> tuple[Event, ...]:
    """The acts of the training loop as last told, one an optimiser. Raises Undecided where none was told of yet."""
    looked(run, "loop")
    return latest(run, "loop", "optimizer")


def training_calls(run: Run, *functions: str) -> Iterator[Event]:
    """The losses that were looked at in training, of these functions."""
    for event in run.happened("loss-call"):
        if text(event, "phase") != "val" and text(event, "function") in functions:
            yield event


def proportional(run: Run) -> Event | None:
    """The one optimiser, where its steps grow with the gradient and nothing holds them back: SGD without clipping that bites.

    The others divide by the size of the gradient: to them a constant factor before the loss is nothing.
    """
    made = {number(one, "number"): one for one in run.happened("optimizer")}
    (only,) = made.values() if len(made) == 1 else (None,)
    bites = any(count(loop, "clips_biting") for loop in run.happened("loop"))
    return only if only is not None and text(only, "class") in {"SGD", "ASGD"} and not bites else None


def last_looks(run: Run) -> tuple[Event, ...]:
    """The last look at the parameters of each optimiser. Raises Undecided where none was taken yet."""
    looked(run, "coverage")
    return latest(run, "coverage", "optimizer")


def steps_in(run: Run, event: Event) -> float:
    """How many steps the run had made when this was seen: from the first of the loss on."""
    loss, step = run.curve("train"), step_of(event)
    return (step or 0.0) - (float(loss.step[0]) if loss is not None and len(loss) else 0.0)


def shown(names: tuple[str, ...], most: int = 3) -> str:
    """Names as a message shows them: the first few of many."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        value = float(value)
    except OverflowError:
        return None
    return value if isfinite(value) else None
