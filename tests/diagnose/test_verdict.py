"""Prescriptions, the checklist and likely causes: what follows from the findings."""

import json
from dataclasses import replace
from importlib.resources import files
from types import MappingProxyType

import pytest

from losscompass.diagnose.checklist import POINTS, checklist
from losscompass.diagnose.diagnosis import Found, NotChecked
from losscompass.diagnose.likely import LEAST, SETTLED_BY, Watched, likely, shares, shares_unnamed, watched_runs
from losscompass.diagnose.prescribe import prescribe
from losscompass.evidence.run import Run
from losscompass.remedies import ALL as REMEDIES
from losscompass.rules.all import ALL
from losscompass.rules.base import Severity
from losscompass.text.catalogue import LANGUAGES, catalogue

EMPTY = Run(source="x")
RULES = {rule.id: rule for rule in ALL}


def found(id_, **fields):
    rule = RULES[id_]
    base = Found(
        id=id_,
        kind=rule.kind,
        category="curve",
        severity=rule.severity,
        confidence=0.9,
        onset=None,
        values=MappingProxyType({}),
        remedies=rule.remedies,
    )
    return replace(base, **fields)


def test_remedies_come_once_by_stage_and_name_what_they_answer():
    warned = {"severity": Severity.WARNING}
    given = prescribe(
        EMPTY, [found("loss-divergence", **warned), found("non-finite-loss", **warned), found("overfitting")], REMEDIES
    )
    ids = [one.remedy for one in given]
    assert len(ids) == len(set(ids))
    clip = next(one for one in given if one.remedy == "clip-gradients")
    assert clip.answers == ("loss-divergence", "non-finite-loss")
    assert ids.index("check-data-pipeline") < ids.index("lower-learning-rate") < ids.index("add-regularisation")
    assert ids[-1] == "more-data-or-augmentation"


def test_what_is_critical_is_answered_first():
    given = prescribe(EMPTY, [found("non-finite-loss"), found("overfitting")], REMEDIES)
    urgent = ["non-finite-loss" in one.answers for one in given]
    assert any(urgent)
    assert urgent == sorted(urgent, reverse=True)


def state(items, id_):
    return next(item for item in items if item.id == id_)


def test_a_point_is_crossed_by_a_finding_ticked_by_clear_rules_and_else_not_seen():
    items = checklist(
        EMPTY,
        [found("overfitting")],
        ["scheduler-misconfigured"],
        [NotChecked("learning-rate-too-low", ("kind:learning-rate",))],
    )
    assert state(items, "model-generalises").state == "cross"
    assert state(items, "model-generalises").because == ("overfitting",)
    assert state(items, "rate-schedule").state == "tick"
    assert state(items, "rate-size").state == "not-seen"
    assert state(items, "rate-size").because == ("learning-rate-too-low",)
    assert state(items, "train-eval-mode").state == "not-seen"


def test_too_little_evidence_ticks_nothing_but_says_what_is_not_logged():
    items = checklist(EMPTY, [], [], [NotChecked(rule.id, ("x",)) for rule in ALL])
    assert {item.state for item in items if item.area != "logging"} == {"not-seen"}
    assert state(items, "rate-logged").state == "cross"


def test_the_checklist_names_rules_that_exist_and_has_words():
    assert {id_ for point in POINTS for id_ in (*point.crosses, *point.ticks)} <= RULES.keys()
    for lang in LANGUAGES:
        for point in POINTS:
            assert catalogue(lang).has(f"checklist.item.{point.id}")
            assert catalogue(lang).has(f"checklist.area.{point.area}")


def test_likely_causes_are_measured_shares_of_the_first_symptom():
    causes = likely([found("loss-flat")])
    assert causes
    assert [one.confidence for one in causes] == sorted((one.confidence for one in causes), reverse=True)
    assert all(LEAST <= one.confidence <= 1 for one in causes)
    assert sum(one.confidence for one in causes) <= 1.01
    assert all(shares()["loss-flat"][one.id] == one.confidence for one in causes)


def test_no_cause_is_guessed_where_one_was_seen_or_nothing_is_wrong():
    assert likely([found("learning-rate-too-high"), found("loss-divergence")]) == ()
    assert likely([found("loss-still-falling")]) == ()
    assert likely([]) == ()


MADE = {
    "plain": Watched(20, 0, {"loss-flat": 20}),
    "hidden": Watched(20, 15, {"loss-flat": 10}),
    "elsewhere": Watched(20, 15, {"loss-spike": 20}),
}


def test_of_a_watched_run_those_causes_are_likely_whose_rules_miss_them():
    causes = shares_unnamed("loss-flat", MADE)
    assert sum(causes.values()) == pytest.approx(1)
    assert causes["hidden"] > 0.8
    assert causes["hidden"] > causes["plain"] > causes["elsewhere"] > 0


def test_a_symptom_never_measured_has_no_likely_cause():
    assert shares_unnamed("loss-oscillation", MADE) == {}


def test_a_watched_run_is_not_asked_like_a_log():
    watched = likely([found("loss-flat")], watched=True)
    assert watched
    assert watched != likely([found("loss-flat")])
    named = {one.id: one.confidence for one in watched}
    assert shares_unnamed("loss-flat", watched_runs()).items() >= named.items()


def test_the_record_of_watched_causes_is_whole():
    assert watched_runs().keys() == SETTLED_BY.keys()
    for one in watched_runs().values():
        assert 0 <= one.unnamed <= one.runs
        assert sum(one.symptoms.values()) <= one.runs
        assert all(RULES[symptom].kind == "symptom" for symptom in one.symptoms)


def test_shares_are_complete_and_have_words():
    record = json.loads(files("losscompass.diagnose").joinpath("cause_shares.json").read_text("utf-8"))
    for symptom, causes in record["shares"].items():
        assert RULES[symptom].kind == "symptom"
        assert sum(causes.values()) == pytest.approx(1, abs=0.02)
        assert causes.keys() <= SETTLED_BY.keys()
    for lang in LANGUAGES:
        words = catalogue(lang)
        for cause, evidence in SETTLED_BY.items():
            assert words.words(cause) is not None or words.has(f"cause.{cause}")
            assert words.has(f"evidence.{evidence}")


def test_overfitting_is_its_own_cause():
    assert likely([found("overfitting"), found("loss-flat")]) == ()


def test_severities_of_notes_call_for_no_cause():
    assert likely([found("overfitting", severity=Severity.NOTE)]) == ()
