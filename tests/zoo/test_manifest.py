"""The zoo holds together: every edit fits its program, every program is Python, both splits know nearly every cause."""

import ast
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from zoo.kill import verdict  # noqa: E402
from zoo.manifest import Edit, ManifestError, families, line_of, parse, programs  # noqa: E402
from zoo.run import chosen  # noqa: E402
from zoo.score import Case, baselines, case_of, interval, reliability  # noqa: E402

from zoo import manifest  # noqa: E402

CAUSES = set((ROOT / "zoo" / "causes.txt").read_text("utf-8").split())
NEWCOMERS = json.loads((ROOT / "zoo" / "newcomers" / "expected.json").read_text("utf-8"))


def test_ids_are_unique_and_every_program_is_python() -> None:
    assert [name for name, count in Counter(p.id for p in programs()).items() if count > 1] == []
    for program in programs():
        ast.parse(program.source, program.id)


def test_every_variant_is_a_program_of_its_own_and_every_fault_has_its_twin() -> None:
    assert [source for source, count in Counter(p.source for p in programs()).items() if count > 1] == []
    healthy = {p.id for p in programs() if p.healthy}
    assert [p.id for p in programs() if not p.healthy and p.twin not in healthy] == []


def test_every_cause_is_known_and_stands_in_three_settings_and_both_splits() -> None:
    settings: dict[str, set[str]] = defaultdict(set)
    splits: dict[str, set[str]] = defaultdict(set)
    for program in programs():
        assert set(program.causes) <= CAUSES, program.id
        if program.causes:
            settings[program.causes[0]].add(program.id)
            splits[program.causes[0]].add(program.split)
    assert {cause for cause in CAUSES if len(settings[cause]) < 3} == set()
    assert {cause for cause in CAUSES if len(splits[cause]) < 2} == set()


def test_there_are_families_enough_in_both_splits() -> None:
    counts = Counter(family.split for family in families())
    assert set(counts) == set(manifest.SPLITS)
    assert min(counts.values()) >= 10


def test_lines_lie_in_the_program() -> None:
    for program in programs():
        text = program.source.split("\n")
        assert all(1 <= line <= len(text) and text[line - 1].strip() for line in program.lines), program.id


def test_no_program_gives_its_fault_away() -> None:
    hint = re.compile(r"#.*\b(bug|fault|wrong|broken|oops|mistake|should be)\b|\bbad_|_bad\b", re.IGNORECASE)
    assert [p.id for p in programs() if hint.search(p.source)] == []
    for program in programs():
        assert all(cause not in program.source for cause in program.causes if "-" in cause), program.id


def test_newcomers_are_python_and_their_lines_are_there() -> None:
    found = {path.name for path in (ROOT / "zoo" / "newcomers").glob("*.py")}
    assert found == set(NEWCOMERS)
    for name, expected in NEWCOMERS.items():
        source = (ROOT / "zoo" / "newcomers" / name).read_text("utf-8")
        ast.parse(source, name)
        assert set(expected["causes"]) <= CAUSES
        assert all(source.split("\n")[line - 1].strip() for line in expected["lines"])


def test_an_edit_must_fit_exactly_once() -> None:
    assert Edit("a", "b", lines=False).apply("x a\ny") == "x b\ny"
    assert Edit("    y\n    z", "    w", lines=True).apply("x\n    y\n    z\nv") == "x\n    w\nv"
    for edit, source in (
        (Edit("a", "b", lines=False), "a a"),
        (Edit("y", "w", lines=True), "  y"),
        (Edit("q", "", lines=True), "x"),
    ):
        with pytest.raises(ManifestError):
            edit.apply(source)


def test_a_variants_file_is_read_as_written() -> None:
    text = "split: tune\nstyle: s\ngood: 0.5\n\n=== healthy h\n@ a = 1 => a = 2\n\n=== fault missing-zero-grad twice\non: h\nline: b = 3 #2\n@@\nb = 3\n->\nb = 3\nb = 3\n"
    family = parse("f", text, "a = 1\nb = 3\n")
    plain, healthy, faulty = family.programs()
    assert (plain.id, healthy.source, faulty.id) == ("f", "a = 2\nb = 3\n", "f--missing-zero-grad--twice")
    assert (faulty.causes, faulty.lines, faulty.twin, faulty.source) == (
        ("missing-zero-grad",),
        (3,),
        "f--h",
        "a = 2\nb = 3\nb = 3\n",
    )


def test_a_snippet_must_be_on_one_line_or_say_which() -> None:
    assert line_of("a\nb\na", "a #2") == 3
    with pytest.raises(ManifestError):
        line_of("a\nb\na", "a")


def test_the_sample_is_always_the_same_and_spread() -> None:
    sample = chosen(sample=320)
    assert sample == chosen(sample=320)
    assert {p.causes[0] for p in sample if not p.healthy} == CAUSES
    assert {p.family for p in sample if p.healthy} == {f.name for f in families()}
    assert sum(p.healthy for p in sample) == 160


def row(*values: float | None, reported: tuple[float, ...] = ()) -> dict:
    return {
        "seeds": {
            str(i): {"status": "ok", "value": v} | ({"reported": reported[i]} if reported else {})
            for i, v in enumerate(values)
        }
    }


@pytest.mark.parametrize(
    ("faulty", "wanted"),
    [
        (row(0.5, 0.52, 0.48), "hurts"),
        (row(0.9, 0.92, 0.91), "harmless"),
        (row(0.9, 0.95, 0.85), "harmless"),
        (row(0.9, 0.91), "too few"),
        (row(None, None, 0.9), "hurts"),
        ({"seeds": {s: {"status": "crash"} for s in "012"}}, "crashes"),
        (row(0.9, 0.92, 0.91, reported=(0.99, 1.0, 1.0)), "misleads"),
    ],
)
def test_the_kill_test_tells_harm_from_chance(faulty: dict, wanted: str) -> None:
    program = next(p for p in programs() if p.twin)
    clean = row(0.9, 0.92, 0.91, reported=(0.9, 0.92, 0.91))
    assert verdict(program, {program.id: faulty, program.twin: clean})[0] == wanted


FOUND = {"kind": "cause", "severity": "warning", "confidence": 0.9, "location": {"file": "train.py", "line": 7}}


def test_a_note_or_a_symptom_is_no_cause_named() -> None:
    program = next(p for p in programs() if p.causes == ("missing-zero-grad",))
    found = [
        FOUND | {"id": "loss-flat", "kind": "symptom"},
        FOUND | {"id": "overfitting", "severity": "note"},
        FOUND | {"id": "missing-zero-grad"},
    ]
    reading = {"first": 1.0, "last": 2.0}
    case = case_of(program, 0, "hurts", {"runs": [{"found": found, "likely": [], "reading": reading}]})
    assert (case.first, case.alarms, case.lines) == ("missing-zero-grad", ("loss-flat", "missing-zero-grad"), (7,))
    assert case.hit


def test_a_run_without_a_diagnosis_is_a_miss() -> None:
    program = next(p for p in programs() if not p.healthy)
    assert not case_of(program, 0, "hurts", None).hit


@pytest.mark.parametrize(
    ("reading", "nan", "rising"),
    [
        ({"first": 2.0, "last": 1.0}, False, False),
        ({"first": 1.0, "last": 1.0}, False, True),
        ({"first": 2.0, "last": "NaN"}, True, True),
    ],
)
def test_the_baselines_look_at_the_loss_alone(reading: dict, nan: bool, rising: bool) -> None:
    assert baselines({"reading": reading, "found": []}) == {
        "always faulty": True,
        "NaN only": nan,
        "loss not decreasing": rising,
    }


def test_the_interval_is_exact() -> None:
    assert interval(0, 300)[1] == pytest.approx(0.01222, abs=1e-5)  # 1 - 0.025 ** (1 / 300)
    assert interval(5, 5) == (pytest.approx(0.025 ** (1 / 5)), 1.0)


def test_calibration_error_is_the_gap_between_said_and_seen() -> None:
    faulty = next(p for p in programs() if p.causes == ("missing-zero-grad",))
    right = Case(faulty, 0, "hurts", causes=("missing-zero-grad",), lines=(None,), confidence=0.75)
    wrong = Case(faulty, 1, "hurts", causes=("dead-relu",), lines=(None,), confidence=0.75)
    error, table = reliability([right, wrong])
    assert error == pytest.approx(0.25)
    assert table == [(0.7, 0.8, 2, 0.75, 0.5)]


SMOKE = ("cells_iris", "diabetes_fullbatch--full-batch", "cancer_argparse", "spirals_handmade")


def test_programs_run_and_write_their_quality() -> None:
    """A few quick ones; the kill test runs them all."""
    command = [sys.executable, "-m", "zoo.plain", *SMOKE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=True)
    said = {line["program"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert set(said) == set(SMOKE)
    for program in programs():
        if program.id in said:
            metrics = said[program.id]["metrics"]
            assert said[program.id]["status"] == "ok", said[program.id]["error"]
            value = metrics[metrics["main"]]
            assert value >= program.good if metrics["higher_is_better"] else value <= program.good, (
                program.id,
                metrics,
            )
