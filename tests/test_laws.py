"""The laws that every rule and every remedy obeys: one battery over all of them, and over the case logs in `cases/`.

A case says in its first comment lines what must be found in it (see `cases/make_cases.py`). It is a log, or a small training
script, which is watched (`watched_cases.py`); its `# line: 23` is the line that the finding must point to.
"""

import importlib
import inspect
import json
import os
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostile_events import any_events, any_tensors
from losscompass.diagnose.diagnosis import LABELS, Broken, NotChecked
from losscompass.diagnose.engine import Options, apply, diagnose_run
from losscompass.evidence.build import build
from losscompass.evidence.names import Kind, Phase, Role
from losscompass.evidence.run import Run, Series
from losscompass.readers.discover import gather
from losscompass.remedies import ALL as REMEDIES
from losscompass.remedies.base import STAGES
from losscompass.rules.all import ALL, BY_CATEGORY, CATEGORY
from losscompass.rules.base import Severity
from losscompass.text.catalogue import LANGUAGES, catalogue, placeholders
from losscompass.text.words import SECTIONS
from watched_cases import watched_case

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "losscompass"
RULES = {rule.id: rule for rule in ALL}
BY_ID = pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
BY_REMEDY = pytest.mark.parametrize("remedy", REMEDIES, ids=lambda remedy: remedy.id)
SOFT, HARD = 60, 120  # lines of a rule
STARTS = {"chance-level-start", "initial-loss-off"}  # speak of the first steps, and fall silent where they are cut off
LISTED = {"no-nonlinearity"}  # ids that the public list of causes gives, where "no" is what is seen
MAY_STAY_CLEAR = {
    "validation-not-logged",
    "target-met",
    "target-missed",
}  # decided by what is there, not by how it runs


# -- the case logs -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseLog:
    """A log or a script, and what its comment lines say of it."""

    path: Path
    expect: tuple[str, ...]
    expect_not: tuple[str, ...]
    onset: tuple[float, float] | None
    options: Options
    line: int | None = None
    audit: tuple[tuple[str, str], ...] | None = None  # of a table that is audited: what is told beside it

    @property
    def name(self):
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def watched(self):
        return self.path.suffix == ".py"

    def run(self) -> Run:
        if self.watched:
            return watched_case(self.path)
        if self.audit is not None:
            return audited(self.path, self.audit)
        (run,) = gather([self.path]).runs
        return self.options.inform(run)


@cache
def audited(path: Path, told: tuple[tuple[str, str], ...]) -> Run:
    """The run of an audit: made once, it takes a second."""
    from losscompass.data.audit import audit

    roles = dict(told)
    validation = roles.pop("validation", None)
    (run,) = build(audit(path, None if validation is None else path.parent / validation, **roles), path.name)
    return run


def read_case(path: Path) -> CaseLog:
    said: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("# "):
            break
        key, _, value = line[2:].partition(": ")
        said.setdefault(key, []).append(value)
    unknown = said.keys() - {"case", "expect", "expect-not", "onset", "option", "line"}
    assert not unknown, f"{path}: what is {unknown}?"
    told = dict(option.split("=", 1) for option in said.get("option", ()))
    target = told["target"].rsplit(":", 1) if "target" in told else None
    pairs = tuple(tuple(one.split(":", 1)) for one in told.get("audit", "").split(",") if one)
    onset = re.fullmatch(r"(\S+) ± (\S+)", said["onset"][0]) if "onset" in said else None
    return CaseLog(
        path=path,
        expect=tuple(said.get("expect", ())),
        expect_not=tuple(said.get("expect-not", ())),
        onset=None if onset is None else (float(onset[1]), float(onset[2])),
        options=Options(
            task=told.get("task"),
            classes=int(told["classes"]) if "classes" in told else None,
            priors=tuple(float(share) for share in told["priors"].split(",")) if "priors" in told else (),
            target=None if target is None else (target[0], float(target[1])),
        ),
        line=int(said["line"][0]) if "line" in said else None,
        audit=pairs if "audit" in told else None,
    )


LOGS = [read_case(path) for path in sorted((ROOT / "tests" / "cases").rglob("*.csv"))]
SCRIPTS = [read_case(path) for path in sorted((ROOT / "tests" / "cases").glob("*/*.py"))]
CASES = LOGS + SCRIPTS
HEALTHY = [case for case in CASES if case.path.parent.name == "healthy"]
BY_CASE = pytest.mark.parametrize("case", [case for case in CASES if case not in HEALTHY], ids=lambda case: case.name)
FIRING = [(case, RULES[id_]) for case in CASES for id_ in case.expect if id_ in RULES]
BY_FIRING = pytest.mark.parametrize(("case", "rule"), FIRING, ids=lambda one: getattr(one, "name", None) or one.id)


def findings(rule, run):
    outcome = apply(rule, run, strict=True)
    return outcome if isinstance(outcome, tuple) else ()


# -- 1, 2: silence and speech ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", HEALTHY, ids=lambda case: case.name)
def test_healthy_is_silent(case):
    found = diagnose_run(case.run(), strict=True).found
    assert [one.id for one in found if one.severity != Severity.NOTE] == []


@BY_CASE
def test_fires_on_its_cases_and_spares_its_near_misses(case):
    run = case.run()
    assert case.expect or case.expect_not
    for id_ in case.expect:
        outcome = apply(RULES[id_], run, strict=True)
        assert isinstance(outcome, tuple), outcome
        assert outcome
        if case.onset is not None:
            at, tolerance = case.onset
            assert outcome[0].onset == pytest.approx(at, abs=tolerance)
        if case.line is not None:
            assert outcome[0].place is not None
            assert outcome[0].place.line == case.line
    for id_ in case.expect_not:
        assert findings(RULES[id_], run) == ()


@BY_ID
def test_has_a_case_and_a_near_miss(rule):
    assert any(rule.id in case.expect for case in CASES)
    assert any(rule.id in case.expect_not for case in CASES)


# -- 3, 4, 5: never raises, pure, reads only what it declared ------------------------------------------------------------

NAMES = (
    ("train/loss", Phase.TRAIN, Kind.LOSS),
    ("val/loss", Phase.VALIDATION, Kind.LOSS),
    ("train/loss/box", Phase.TRAIN, Kind.LOSS_PART),
    ("train/loss/kl", Phase.TRAIN, Kind.LOSS_PART),
    ("train/accuracy", Phase.TRAIN, Kind.METRIC_UP),
    ("val/accuracy", Phase.VALIDATION, Kind.METRIC_UP),
    ("val/fid", Phase.VALIDATION, Kind.METRIC_DOWN),
    ("test/loss", Phase.TEST, Kind.LOSS),
    ("lr", Phase.NONE, Kind.LEARNING_RATE),
    ("grad_norm", Phase.NONE, Kind.GRADIENT_NORM),
    ("reward", Phase.TRAIN, Kind.REWARD),
)
PALETTE = np.array([0.0, 1.0, -1.0, np.nan, np.inf, -np.inf, 0.6931, 2.3026, 87.3365, 1e300, -1e300, 1e-300, 3.5])
SHAPES = ("anything", "extremes", "constant", "falls", "rises", "noise", "broken")


EXAMPLES = int(os.environ.get("LOSSCOMPASS_EXAMPLES", "150"))


@st.composite
def any_series(draw, name, phase, kind):
    """A series from few draws: hypothesis chooses shape, length and seed, numpy fills in the values."""
    n, shape, seed = draw(st.integers(0, 90)), draw(st.sampled_from(SHAPES)), draw(st.integers(0, 2**20))
    rng = np.random.default_rng(seed)
    scale = draw(st.sampled_from([1.0, 1e-12, 1e6, -1.0]))
    noisy = 1 + draw(st.sampled_from([0.0, 0.01, 0.5])) * rng.standard_normal(n)
    fall = np.exp(-np.arange(n) * draw(st.sampled_from([0.0, 0.01, 0.3])))
    value = scale * noisy * (fall[::-1] if shape == "rises" else fall)
    if shape == "constant":
        value = np.full(n, draw(st.floats()))
    elif shape == "noise":
        value = rng.standard_cauchy(n)
    elif shape == "extremes":
        value = rng.choice(PALETTE, n)
    elif shape == "anything":
        value = rng.integers(0, 2**63, n, dtype=np.uint64).view(np.float64)
    elif shape == "broken":
        value[n // 2 :] = draw(st.sampled_from([np.nan, np.inf, 0.0, 1e9]))
    step = np.cumsum(rng.choice([0.0, 1.0, 1.0, 7.0], n))
    epoch = np.floor(step / 10) if draw(st.booleans()) else None
    for array in (value, step, epoch):
        if array is not None:
            array.setflags(write=False)
    axis = draw(st.sampled_from(["step", "epoch", "row"]))
    return Series(name=name, raw=name, role=Role(phase, kind), axis=axis, step=step, value=value, epoch=epoch)


@st.composite
def any_run(draw):
    chosen = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=6))
    series = {name: draw(any_series(name, phase, kind)) for name, phase, kind in chosen}
    curves = {phase: f"{phase}/loss" for phase in ("train", "val", "test") if f"{phase}/loss" in series}
    if "reward" in series:
        curves.setdefault("train", "reward")
    facts = draw(
        st.sampled_from(
            [{}, {"classes": 10}, {"classes": 2, "prior-entropy": 0.5}, {"target": "loss", "target-value": 0.5}]
        )
    )
    events, tensors = (), {}
    if draw(st.booleans()):
        events, tensors = draw(any_events()), draw(any_tensors())
        facts = {**facts, "watched": True, "ended": "finished"}
    return Run(source="made", series=series, curves=curves, facts=facts, events=events, tensors=tensors)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_run())
def test_no_run_makes_a_rule_raise_or_change_it(run):
    before = repr(run)
    for rule in ALL:  # strict: anything undeclared that it looks at raises as well
        first, second = apply(rule, run, strict=True), apply(rule, run, strict=True)
        assert repr(first) == repr(second), rule.id
        for finding in first if isinstance(first, tuple) else ():
            assert all(isinstance(value, float | int | str) for value in finding.values.values()), rule.id
            assert finding.onset is None or np.isfinite(finding.onset), rule.id
            assert all(one.series in run.series for one in finding.exhibits), rule.id
            assert finding.change is None or finding.change.before != finding.change.after, rule.id
    assert repr(run) == before


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_run())
def test_no_run_makes_the_engine_raise_or_leave_a_rule_without_outcome(run):
    verdict = diagnose_run(run, strict=True)
    outcomes = [{one.id for one in verdict.found}, {one.id for one in verdict.not_checked}, set(verdict.clear)]
    assert set.union(*outcomes) == set(RULES)
    assert sum(map(len, outcomes)) == len(RULES)
    assert verdict.reading.labels
    assert set(verdict.reading.labels) <= set(LABELS)


# -- 6, 7, 8: missing values, shifted steps, too little evidence --------------------------------------------------------


@BY_FIRING
@pytest.mark.parametrize("where", ["end", "scattered"])
def test_missing_values_never_turn_a_finding_into_clear(case, rule, where):
    run = case.run()

    def with_gaps(series):
        n = len(series)
        at = np.array([n]) if where == "end" else np.arange(3, n, 7)
        put = lambda array, fill: None if array is None else np.insert(array, at, fill)  # noqa: E731
        steps = np.insert(series.step, at, np.append(series.step, series.step[-1:])[at])
        epoch = (
            None
            if series.epoch is None
            else np.insert(series.epoch, at, np.append(series.epoch, series.epoch[-1:])[at])
        )
        return replace(series, step=steps, value=put(series.value, np.nan), epoch=epoch, time=None)

    gappy = replace(run, series={name: with_gaps(series) for name, series in run.series.items()})
    outcome = apply(rule, gappy, strict=True)
    assert isinstance(outcome, NotChecked) or outcome != ()


@BY_FIRING
@pytest.mark.parametrize("shift", [3.0, 1000.0])
def test_shifting_the_steps_shifts_the_onset(case, rule, shift):
    run = case.run()
    moved = replace(
        run,
        series={name: replace(one, step=one.step + shift) for name, one in run.series.items()},
        events=tuple(one if one.step is None else replace(one, step=one.step + shift) for one in run.events),
    )
    expected = [one.onset if one.onset is None else one.onset + shift for one in findings(rule, run)]
    onsets = [one.onset for one in findings(rule, moved)]
    if rule.id in STARTS and not onsets:
        return
    if None in expected:
        assert onsets == expected
    else:
        assert onsets == pytest.approx(expected)


@BY_ID
def test_too_little_evidence_is_not_checked(rule):
    assert isinstance(apply(rule, Run(source="empty"), strict=True), NotChecked)
    if rule.id in MAY_STAY_CLEAR or max(need.points for need in rule.needs) < 2:
        return
    for case in HEALTHY:
        if case.watched:
            continue
        run = case.run()
        short = replace(run, series={name: one.take(np.arange(1)) for name, one in run.series.items()})
        assert isinstance(apply(rule, short, strict=True), NotChecked)


# -- 9: words ------------------------------------------------------------------------------------------------------------

RULE_SECTIONS = ["what-it-means", "why-it-happens", "what-to-do", "when-to-ignore-it", "references"]
REMEDY_SECTIONS = ["what-to-do", "in-code", "how-to-check", "if-it-does-not-help", "risk"]


def has_words(id_, lang, sections):
    words = catalogue(lang).words(id_)
    assert words is not None
    assert words.title
    assert words.message
    assert list(words.sections) == sections
    assert all(words.sections.values())
    assert placeholders(words.message) == placeholders(catalogue("en").words(id_).message)


@pytest.mark.parametrize("lang", LANGUAGES)
@BY_ID
def test_a_rule_has_words(rule, lang):
    has_words(rule.id, lang, RULE_SECTIONS)


@pytest.mark.parametrize("lang", LANGUAGES)
@BY_REMEDY
def test_a_remedy_has_words(remedy, lang):
    has_words(remedy.id, lang, REMEDY_SECTIONS)


@pytest.mark.parametrize("lang", LANGUAGES)
@BY_FIRING
def test_the_message_is_filled_from_the_finding(case, rule, lang):
    words = catalogue(lang).words(rule.id)
    for finding in findings(rule, case.run()):
        assert placeholders(words.message) <= finding.values.keys()
        assert "{" not in catalogue(lang).message(rule.id, finding.values)


def test_sections_are_known():
    assert set(RULE_SECTIONS + REMEDY_SECTIONS) <= SECTIONS.keys()


# -- 10, 11, 12: thresholds, references, names -----------------------------------------------------------------------------


@BY_ID
def test_the_keywords_of_detect_are_its_thresholds(rule):
    _, *keywords = inspect.signature(rule.detect).parameters.values()
    assert {one.name: one.default for one in keywords} == {name: one.value for name, one in rule.thresholds.items()}
    assert all(one.unit and one.basis for one in rule.thresholds.values())


@BY_ID
def test_the_thresholds_are_those_of_the_record(rule):
    for name, threshold in rule.thresholds.items():
        if threshold.basis.startswith("calibration/"):
            record = json.loads((ROOT / threshold.basis).read_text("utf-8"))
            assert record["thresholds"][name]["value"] == threshold.value, "measure again: make calibrate"


@BY_ID
def test_what_a_rule_names_exists(rule):
    assert set(rule.explains) <= RULES.keys() - {rule.id}
    assert set(rule.remedies) <= {remedy.id for remedy in REMEDIES}
    assert set(rule.labels) <= set(LABELS)
    assert 0 < rule.confidence <= 1
    if rule.severity is not Severity.NOTE:
        assert rule.remedies, "says what is wrong, and nothing about what to do"


def test_explaining_has_no_cycle():
    done: set[str] = set()

    def walk(id_, path):
        assert id_ not in path, " → ".join([*path, id_])
        if id_ not in done:
            for effect in RULES[id_].explains:
                walk(effect, [*path, id_])
            done.add(id_)

    for id_ in RULES:
        walk(id_, [])


@BY_ID
def test_a_rule_is_its_own_file_by_its_own_name(rule):
    path = Path(inspect.getsourcefile(rule.detect))
    assert path == SOURCE / "rules" / CATEGORY[rule.id] / f"{rule.id.replace('-', '_')}.py"
    assert len(path.read_text("utf-8").splitlines()) <= HARD
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id), "kebab-case, no numbers"
    advice = re.match(r"(use|prefer|avoid|fix|no|check|add|set)-", rule.id)
    assert not advice or rule.id in LISTED, "a noun for what is seen, no advice"


@BY_REMEDY
def test_a_remedy_is_its_own_file_by_its_own_name(remedy):
    module = importlib.import_module(f"losscompass.remedies.{remedy.id.replace('-', '_')}")
    assert module.REMEDY is remedy
    assert remedy.stage in STAGES
    assert remedy.risk in {"safe", "changes-result", "costly"}


def test_ids_are_unique_and_every_file_is_registered():
    assert len(RULES) == len(ALL)
    assert len({remedy.id for remedy in REMEDIES}) == len(REMEDIES)
    assert not RULES.keys() & {remedy.id for remedy in REMEDIES}, "one page of words per id"
    for category, rules in BY_CATEGORY.items():
        files = {path.stem for path in (SOURCE / "rules" / category).glob("[a-z]*.py")}
        assert files == {rule.id.replace("-", "_") for rule in rules}
    files = {path.stem for path in (SOURCE / "remedies").glob("[a-z]*.py")} - {"base"}
    assert files == {remedy.id.replace("-", "_") for remedy in REMEDIES}


def test_every_remedy_is_called_for():
    assert {remedy.id for remedy in REMEDIES} == {id_ for rule in ALL for id_ in rule.remedies}


# -- remedies --------------------------------------------------------------------------------------------------------------


@BY_CASE
def test_remedies_give_their_numbers_or_none(case):
    verdict = diagnose_run(case.run(), strict=True)
    critical = {one.id for one in verdict.found if one.severity is Severity.CRITICAL and not one.explained_by}
    order = [(critical.isdisjoint(one.answers), STAGES.index(one.stage)) for one in verdict.prescriptions]
    assert order == sorted(order)  # what is critical first, and there and then by effect per effort
    for one in verdict.prescriptions:
        wanted = placeholders(catalogue("en").words(one.remedy).message)
        assert wanted <= one.parameters.keys() or not one.parameters.keys() & wanted
        assert all(isinstance(value, float | int | str) for value in one.parameters.values())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_run())
def test_no_run_makes_a_remedy_raise(run):
    for remedy in REMEDIES:
        first, second = remedy.parameters(run, {}), remedy.parameters(run, {})
        assert repr(first) == repr(second)


def test_a_broken_rule_is_shown_and_never_clear():
    def fails(run):
        raise KeyError("oops")

    broken = apply(replace(ALL[0], detect=fails, needs=()), Run(source="empty"))
    assert isinstance(broken, Broken)
