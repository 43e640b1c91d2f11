"""The rules on data sets over any events that an audit or a watched run could write: they never raise and change nothing."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscompass.data.audit import audit
from losscompass.diagnose.diagnosis import NotChecked
from losscompass.diagnose.engine import apply
from losscompass.evidence.build import build
from losscompass.evidence.records import Event
from losscompass.evidence.run import Run
from losscompass.rules.dataset import RULES

DATUM = st.one_of(st.floats(), st.integers(-5, 5), st.booleans(), st.none(), st.text(max_size=5))


@pytest.fixture(scope="module")
def whole():
    """A run with every event that an audit writes."""
    rng = np.random.default_rng(0)

    def part(n, shift):
        x = rng.standard_normal((n, 3))
        return {
            "a": x[:, 0],
            "b": x[:, 1] + shift,
            "c": x[:, 2],
            "patient_id": rng.integers(0, 20, n),
            "date_at": np.arange(n) * 1.0,
            "y": (x[:, 0] > 0).astype(int),
        }

    (run,) = build(audit(part(120, 0), part(60, 1), target="y", time="date_at"), "t")
    return run


def test_every_rule_can_look(whole):
    for rule in (one for one in RULES if one.needs[0].what != "fact:watched"):
        outcome = apply(rule, whole, strict=True)
        assert isinstance(outcome, tuple) or outcome.missing[0].startswith(("labels-beyond", "rows-with")), rule.id


def test_without_target_and_validation_nothing_of_them_is_clear():
    (run,) = build(audit({"a": [1.0, 2.0, 3.0] * 20}), "t")
    blind = {rule.id for rule in RULES if isinstance(apply(rule, run, strict=True), NotChecked)}
    assert {
        "label-noise",
        "class-imbalance",
        "train-validation-leak",
        "distribution-shift",
        "group-overlap",
        "target-leak",
    } <= blind


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_damaged_events_make_no_rule_raise(whole, data):
    events = []
    for event in whole.events:
        changed = dict(event.data)
        for key in data.draw(st.lists(st.sampled_from(sorted(changed)), max_size=2)):
            value = changed[key]
            if isinstance(value, tuple):
                changed[key] = tuple(data.draw(st.lists(st.floats(), min_size=len(value), max_size=len(value))))
            else:
                changed[key] = data.draw(st.floats() if isinstance(value, int | float) else DATUM)
        events.append(Event(event.name, data=changed))
    run = Run(source="t", facts=whole.facts, events=tuple(events))
    for rule in RULES:
        with np.errstate(all="ignore"):
            first, second = apply(rule, run), apply(rule, run)
        assert repr(first) == repr(second), rule.id


def watched(*events):
    return Run(source="t", facts={"watched": True}, events=events)


def test_a_watched_run_feeds_the_same_rules():
    by_id = {rule.id: rule for rule in RULES}
    labels = Event("labels", data={"batches": 50, "samples": 3000, "classes": 2, "shares": (0.96, 0.04)})
    samples = Event(
        "samples", data={"train": 1000, "val": 200, "val_seen": 200, "val_in_train": 60, "train_repeats": 0.0}
    )
    batch = Event(
        "batch",
        data={"phase": "train", "min": 0.0, "max": 255.0, "mean": 90.0, "std": 70.0, "features": 0, "whole": False},
    )
    for id_, event in (("class-imbalance", labels), ("train-validation-leak", samples), ("inputs-not-scaled", batch)):
        assert apply(by_id[id_], watched(event), strict=True), id_
        assert isinstance(apply(by_id[id_], watched(), strict=True), NotChecked), "what was not seen is never clear"
    calm = Event(
        "batch",
        data={
            "phase": "train",
            "min": -2.0,
            "max": 3.0,
            "mean": 0.0,
            "std": 1.0,
            "feature_std_low": 0.9,
            "feature_std_high": 1.2,
        },
    )
    assert apply(by_id["inputs-not-scaled"], watched(calm), strict=True) == ()
