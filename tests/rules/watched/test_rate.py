"""A learning rate that is too high, as the weights of a watched run tell it."""

import pytest
from watched_runs import RULES, optimizer, range_of, stat

from losscompass.diagnose.diagnosis import NotChecked
from losscompass.diagnose.engine import apply
from losscompass.evidence.build import build
from losscompass.evidence.records import Event, Fact, ScalarBlock

FALLING = [2.0 - 0.05 * at for at in range(30)]
LEAPING = [1.0, 9.0, 3.0, *(0.4 - 0.01 * at for at in range(27))]
LOST = Event("non-finite", 1, {"what": "activation", "name": "fc3", "share": 1.0, "phase": "train"}, {})


def of(losses, ratio, *events, **facts):
    records = [Fact("watched", value=True), *(Fact(name, value) for name, value in facts.items())]
    steps = range_of(losses)
    records += [ScalarBlock("train/loss", steps, losses), ScalarBlock("lr", steps, [0.1] * len(losses))]
    records += [stat("fc.weight", "update", step, ratio=ratio, size=512.0, norm=1.0) for step in range(3)]
    (run,) = build([*records, optimizer(), *events], "watched")
    return apply(RULES["learning-rate-too-high"], run, strict=True)


def test_weights_that_are_turned_over():
    assert of([2.0] * 30, 0.2)
    assert of(LEAPING, 0.6)  # it came down after all, from a leap that no sound rate makes
    assert of([44.0], 0.99, LOST)  # the run ended there


@pytest.mark.parametrize(
    "told",
    [
        of(FALLING, 0.2),
        of(LEAPING, 0.2),
        of([2.0] * 30, 0.05),
        of([2.0] * 30, 0.2, reinforcement=True),
        of(FALLING, 0.2, LOST),  # once, and it went on
    ],
)
def test_what_comes_down_is_sound(told):
    assert told == ()


def test_a_few_steps_are_too_few():
    assert isinstance(of([2.0, 1.9], 0.99), NotChecked)
    assert isinstance(of([2.0, 1.9], 0.2, LOST), NotChecked)
