"""What the rules on shapes have in common: no unit, no alarm on a sound descent, and the direction of what they read."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from losscompass.diagnose.engine import apply
from losscompass.evidence.build import build
from losscompass.evidence.records import ScalarBlock
from losscompass.evidence.run import Run
from losscompass.rules.curve import RULES
from losscompass.rules.curve.loss_divergence import RULE as DIVERGENCE
from losscompass.rules.curve.loss_flat import RULE as FLAT
from losscompass.rules.curve.loss_still_falling import RULE as STILL_FALLING
from losscompass.rules.curve.overfitting import RULE as OVERFITTING
from losscompass.rules.curve.plateau import RULE as PLATEAU

ALARMS = [rule for rule in RULES if rule.severity != "note"]
X = np.arange(80.0)


def run_of(**columns) -> Run:
    blocks = [
        ScalarBlock(name, np.arange(float(len(value))), np.asarray(value, dtype=float), axis="epoch")
        for name, value in columns.items()
    ]
    (run,) = build(blocks, "made here")
    return run


def findings(rule, run):
    outcome = apply(rule, run, strict=True)
    return outcome if isinstance(outcome, tuple) else ()


@pytest.mark.parametrize("rule", ALARMS, ids=lambda rule: rule.id)
@given(
    power=st.floats(0.3, 2.0),
    floor=st.floats(0.0, 0.6),
    width=st.floats(0.0, 0.02),
    seed=st.integers(0, 1000),
    n=st.integers(4, 400),
)
@settings(max_examples=30, deadline=None)
def test_a_sound_descent_alarms_nobody(rule, power, floor, width, seed, n):
    rng = np.random.default_rng(seed)
    level = floor + (1 - floor) * (1 + np.arange(n)) ** -power
    run = run_of(
        loss=level * (1 + width * rng.standard_normal(n)), val_loss=1.1 * level * (1 + width * rng.standard_normal(n))
    )
    if rule is OVERFITTING and floor > 0.3:
        return  # a long flat end under noise: measured in calibration/overfitting.json instead
    assert findings(rule, run) == ()


@pytest.mark.parametrize("scale", [1e-6, 1e6])
@pytest.mark.parametrize(
    ("rule", "columns"),
    [
        (OVERFITTING, {"loss": np.exp(-X / 20), "val_loss": 0.5 + np.abs(X - 20) / 100}),
        (DIVERGENCE, {"loss": 1 + np.maximum(X - 30, 0) ** 2}),
        (FLAT, {"loss": 0.5 + 1e-4 * np.sin(X)}),
        (PLATEAU, {"loss": 0.5 + np.exp(-X / 2) + 1e-3 * np.sin(7 * X)}),
        (STILL_FALLING, {"loss": 3 - X / 40}),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
def test_a_loss_has_no_unit(rule, columns, scale):
    plain, scaled = run_of(**columns), run_of(**{name: np.asarray(v) * scale for name, v in columns.items()})
    assert findings(rule, plain)
    assert [f.onset for f in findings(rule, scaled)] == [f.onset for f in findings(rule, plain)]


def test_a_reward_is_read_upward():
    rising = run_of(episode_reward=X - 100.0)
    assert findings(STILL_FALLING, rising)
    assert not findings(DIVERGENCE, rising)
    falling = run_of(episode_reward=100.0 - 4 * X)
    assert findings(DIVERGENCE, falling)
    assert not findings(STILL_FALLING, falling)


def test_an_accuracy_that_turns_is_read_downward():
    accuracy = 0.9 - np.abs(X - 25) / 150
    (found,) = findings(OVERFITTING, run_of(loss=np.exp(-X / 20), val_accuracy=accuracy))
    assert found.onset == pytest.approx(25, abs=2)
    assert found.values["lowest"] == pytest.approx(0.9, abs=0.01)


def test_a_negative_loss_that_falls_is_sound():
    run = run_of(loss=1.0 - 5.0 * (1 - np.exp(-X / 10)))
    for rule in ALARMS:
        assert not findings(rule, run), rule.id


def test_both_curves_worse_is_no_overfitting():
    assert not findings(OVERFITTING, run_of(loss=0.5 + X / 50, val_loss=0.6 + X / 50))


def test_an_overfitting_run_keeps_its_onset_when_cells_are_missing():
    run = run_of(loss=np.exp(-X / 20), val_loss=0.5 + np.abs(X - 20) / 100)
    holes = {}
    for name, one in run.series.items():
        value = one.value.copy()
        value[[3, 40, 41]] = np.nan
        holes[name] = replace(one, value=value)
    (found,) = findings(OVERFITTING, replace(run, series=MappingProxyType(holes)))
    assert found.onset == pytest.approx(20, abs=1)
