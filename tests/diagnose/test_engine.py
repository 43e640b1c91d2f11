"""The engine: every rule ends in one of four outcomes, and sees only what it declared."""

import numpy as np
import pytest

from losscompass.diagnose.diagnosis import Broken, NotChecked
from losscompass.diagnose.engine import Options, apply, diagnose, diagnose_run, take
from losscompass.diagnose.narrow import Undeclared
from losscompass.diagnose.rank import rank
from losscompass.evidence.gathered import Gathered
from losscompass.evidence.names import Kind, Phase, Role
from losscompass.evidence.records import Event
from losscompass.evidence.run import Run, Series
from losscompass.rules.base import Exhibit, Finding, Need, Rule, Severity, Undecided


def series(name, values, kind=Kind.LOSS, phase=Phase.TRAIN, axis="epoch"):
    value = np.asarray(values, dtype=float)
    return Series(
        name=name, raw=name, role=Role(phase, kind), axis=axis, step=np.arange(value.size, dtype=float), value=value
    )


def run_of(*many, curves=None, facts=None, events=()):
    return Run(
        source="x", series={one.name: one for one in many}, curves=curves or {}, facts=facts or {}, events=events
    )


LOSS = series("train/loss", [3.0, np.nan, 2.0, 1.0])
ACCURACY = series("val/accuracy", [0.1, 0.5], Kind.METRIC_UP, Phase.VALIDATION)
RUN = run_of(LOSS, ACCURACY, curves={"train": "train/loss"}, facts={"classes": 10}, events=(Event("run-start"),))


LOSS_ONLY = (Need("train/loss"),)


def rule(detect, needs=LOSS_ONLY, **fields):
    return Rule(
        **{"id": "made-up", "kind": "symptom", "severity": Severity.WARNING, **fields}, needs=needs, detect=detect
    )


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("train/loss", {"train/loss"}),
        ("val/*", {"val/accuracy"}),
        ("curve:train", {"train/loss"}),
        ("kind:metric-up", {"val/accuracy"}),
        ("kind:metric-up|train/loss", {"train/loss", "val/accuracy"}),
        ("curve:val|val/accuracy", {"val/accuracy"}),
    ],
)
def test_a_need_names_series_in_many_ways(what, given):
    narrowed, missing = take(RUN, (Need(what),))
    assert set(narrowed.series) == given
    assert missing == ()


def test_facts_and_events_are_handed_over_when_named():
    narrowed, missing = take(RUN, (Need("fact:classes"), Need("event:run-start")))
    assert narrowed.facts["classes"] == 10
    assert len(narrowed.events) == 1
    assert missing == ()
    assert take(RUN, (Need("train/loss"),))[0].events == ()


@pytest.mark.parametrize("what", ["val/loss", "curve:val", "kind:reward", "fact:task", "val/loss|curve:test"])
def test_what_is_not_there_is_missing_as_the_rule_wrote_it(what):
    assert take(RUN, (Need(what),))[1] == (what,)
    assert take(RUN, (Need(what, optional=True),))[1] == ()


def test_points_are_finite_ones_unless_the_raw_series_is_asked_for():
    assert take(RUN, (Need("train/loss", points=4),))[1] == ("train/loss",)
    narrowed, missing = take(RUN, (Need("train/loss", points=4, finite=False),))
    assert missing == ()
    assert np.isnan(narrowed.series["train/loss"].value[1])
    assert np.isfinite(take(RUN, (Need("train/loss"),))[0].series["train/loss"].value).all()


def test_looking_at_anything_undeclared_raises():
    narrowed, _ = take(RUN, (Need("curve:train"), Need("lr", optional=True)))
    assert narrowed.curve("train") is not None
    assert narrowed.series.get("lr") is None  # declared, not there
    for peek in (
        lambda: narrowed.series["val/accuracy"],
        lambda: narrowed.series.get("val/accuracy"),
        lambda: narrowed.curve("val"),
        lambda: narrowed.facts.get("classes"),
    ):
        with pytest.raises(Undeclared):
            peek()


def test_the_four_outcomes():
    def undecided(run):
        raise Undecided("more-points")

    assert apply(rule(lambda run: ()), RUN) == ()
    assert len(apply(rule(lambda run: iter([Finding(onset=1.0)])), RUN)) == 1
    assert apply(rule(lambda run: (), needs=(Need("val/loss"),)), RUN) == NotChecked("made-up", ("val/loss",))
    assert apply(rule(undecided), RUN) == NotChecked("made-up", ("more-points",))
    assert isinstance(apply(rule(lambda run: 1 / 0), RUN), Broken)
    assert isinstance(apply(rule(lambda run: run.series["val/accuracy"]), RUN), Broken)
    with pytest.raises(ZeroDivisionError):
        apply(rule(lambda run: 1 / 0), RUN, strict=True)


def finding(onset):
    return Finding(onset=onset, exhibits=(Exhibit("train/loss"),))


def test_a_cause_explains_only_what_starts_with_it_or_later():
    cause = rule(None, id="cause", kind="cause", explains=("effect",))
    effect = rule(None, id="effect", severity=Severity.CRITICAL)
    early, late = rank(RUN, [(cause, finding(1.0)), (effect, finding(2.0))])
    assert (early.id, late.id, late.explained_by) == ("cause", "effect", ("cause",))
    first, second = rank(RUN, [(cause, finding(3.0)), (effect, finding(2.0))])
    assert (first.id, first.explained_by, second.id) == ("effect", (), "cause")


def test_onsets_on_different_axes_meet_in_the_epoch_or_not_at_all():
    by_step = Series(
        name="lr",
        raw="lr",
        role=Role(Phase.NONE, Kind.LEARNING_RATE),
        axis="step",
        step=np.array([0.0, 100.0, 200.0]),
        value=np.ones(3),
        epoch=np.array([0.0, 1.0, 2.0]),
    )
    cause = rule(None, id="cause", explains=("effect",))
    effect = rule(None, id="effect")
    on_lr = Finding(onset=200.0, exhibits=(Exhibit("lr"),))
    run = run_of(LOSS, by_step)
    assert not any(one.explained_by for one in rank(run, [(cause, on_lr), (effect, finding(1.0))]))
    assert any(one.explained_by for one in rank(run, [(cause, on_lr), (effect, finding(2.0))]))


def test_worse_before_better_then_cause_then_sure_then_early():
    found = rank(
        RUN,
        [
            (rule(None, id="note", severity=Severity.NOTE), finding(0.0)),
            (rule(None, id="late"), finding(3.0)),
            (rule(None, id="early"), finding(1.0)),
            (rule(None, id="sure", confidence=0.9), finding(3.0)),
            (rule(None, id="root", kind="cause", confidence=0.5), finding(3.0)),
            (rule(None, id="worst", severity=Severity.CRITICAL), finding(3.0)),
        ],
    )
    assert [one.id for one in found] == ["worst", "root", "sure", "early", "late", "note"]


def test_what_the_user_tells_stands_among_the_facts():
    verdict = diagnose_run(RUN, Options(priors=(3.0, 1.0), target=("accuracy", 0.9)), strict=True)
    assert verdict.run.facts["classes"] == 2
    assert verdict.run.facts["prior-entropy"] == pytest.approx(0.5623, abs=1e-4)
    assert verdict.run.facts["target"] == "accuracy"
    for wrong in ({"classes": 1}, {"priors": (0.0, 1.0)}):
        with pytest.raises(ValueError):
            Options(**wrong)


def test_rules_are_chosen_by_id_or_category():
    one = rule(None, id="made-up")
    assert Options().wants(one, "value")
    assert Options(select=("value",)).wants(one, "value")
    assert not Options(select=("metric",)).wants(one, "value")
    assert not Options(ignore=("made-up",)).wants(one, "value")


def test_the_run_with_most_points_comes_first():
    small, big = run_of(series("train/loss", [1.0])), RUN
    diagnosis = diagnose(Gathered(runs=(small, big)), strict=True)
    assert [verdict.run.points for verdict in diagnosis.runs] == [6, 1]
    assert diagnose(Gathered()).runs == ()


def test_a_part_that_fails_leaves_the_rest_standing(monkeypatch):
    def fails(*_):
        raise OverflowError("too large")

    monkeypatch.setattr("losscompass.diagnose.engine.forecasts", fails)
    monkeypatch.setattr("losscompass.diagnose.engine.read_curves", fails)
    verdict = diagnose_run(RUN)
    assert {one.id for one in verdict.broken} == {"forecast", "reading"}
    assert verdict.reading.labels == ("too-short-to-say",)
    with pytest.raises(OverflowError):
        diagnose_run(RUN, strict=True)
