"""How well losscompass names the causes of the zoo: `make bench-causes`.

    python -m zoo.score [--seeds 0,1] [--split held-out] [--only WORD] [--sample N] [--json FILE] [--document docs/accuracy.md]

Reads what `zoo.run` collected for the programs and seeds asked for, and counts. "Named" is the first finding of kind cause and severity warning or above;
a healthy run is an alarm if any finding of warning or above stands on it. Faults that the kill test found harmless are left out of the shares and
listed apart. A faulty run without a diagnosis counts as a miss.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

from scipy.stats import beta

from .kill import load, verdict
from .manifest import Program
from .run import arguments, chosen, read_said, said_path

ALARMING = {"warning", "critical"}
BINS = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
NEAR = 2  # lines


@dataclass(frozen=True, slots=True)
class Case:
    """One run of one program, and what was said of it. `baselines`: what the trivial rules say of the same run."""

    program: Program
    seed: int
    verdict: str  # of the kill test; "healthy" for a healthy program
    causes: tuple[str, ...] = ()  # named, the first first
    lines: tuple[int | None, ...] = ()  # of each of them
    confidence: float | None = None  # of the first
    alarms: tuple[str, ...] = ()  # every finding of warning or above
    likely: tuple[str, ...] = ()
    diagnosed: bool = True
    baselines: dict[str, bool] = field(default_factory=dict)

    @property
    def first(self) -> str | None:
        return self.causes[0] if self.causes else None

    @property
    def hit(self) -> bool:
        return self.first in self.program.causes

    @property
    def within_three(self) -> bool:
        return any(cause in self.program.causes for cause in self.causes[:3])

    def line_off(self) -> int | None:
        """How many lines the named line is from the nearest right one. None: nothing to compare, or no line was named."""
        named = [
            line for cause, line in zip(self.causes[:3], self.lines[:3], strict=True) if cause in self.program.causes
        ]
        if not named or named[0] is None:
            return None
        return min(abs(named[0] - right) for right in self.program.lines)


def case_of(program: Program, seed: int, judged: str, document: dict[str, Any] | None) -> Case:
    run = document["runs"][0] if document and document["runs"] else None
    if run is None:
        return Case(program, seed, judged, diagnosed=False)
    loud = [found for found in run["found"] if found["severity"] in ALARMING]
    causes = [found for found in loud if found["kind"] == "cause"]
    return Case(
        program,
        seed,
        judged,
        causes=tuple(found["id"] for found in causes),
        lines=tuple((found["location"] or {}).get("line") for found in causes),
        confidence=causes[0]["confidence"] if causes else None,
        alarms=tuple(found["id"] for found in loud),
        likely=tuple(x["id"] for x in run["likely"]),
        baselines=baselines(run),
    )


def baselines(run: dict[str, Any]) -> dict[str, bool]:
    """Whether each trivial rule calls the run faulty, from the same record: the first and the last value of its headline loss."""
    reading = run["reading"]
    first, last = reading["first"], reading["last"]
    broken = any(isinstance(value, str) for value in (first, last)) or any(
        f["id"] == "non-finite-loss" for f in run["found"]
    )
    falling = isinstance(first, (int, float)) and isinstance(last, (int, float)) and last < first
    return {"always faulty": True, "NaN only": broken, "loss not decreasing": broken or not falling}


def interval(hits: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """Clopper and Pearson's exact interval of a share."""
    low = 0.0 if hits == 0 else float(beta.ppf((1 - level) / 2, hits, count - hits + 1))
    high = 1.0 if hits == count else float(beta.ppf(1 - (1 - level) / 2, hits + 1, count - hits))
    return low, high


def share(cases: Sequence[Case], good: Callable[[Case], bool]) -> str:
    if not cases:
        return "-"
    hits = sum(map(good, cases))
    low, high = interval(hits, len(cases))
    return f"{hits}/{len(cases)} = {hits / len(cases):.1%} [{low:.1%}, {high:.1%}]"


def reliability(cases: Sequence[Case]) -> tuple[float, list[tuple[float, float, int, float, float]]]:
    """Expected calibration error of the first cause's confidence, and its table: from, to, count, mean confidence, share right.
    A cause that is named on a healthy run is wrong."""
    said = [(case.confidence, case.hit) for case in cases if case.confidence is not None]
    table = []
    for low, high in pairwise(BINS):
        inside = [(c, hit) for c, hit in said if low <= c < high or (high == BINS[-1] and c == high)]
        if inside:
            table.append((low, high, len(inside), fmean(c for c, _ in inside), fmean(hit for _, hit in inside)))
    error = sum(n * abs(mean - right) for _, _, n, mean, right in table) / max(1, len(said))
    return error, table


def per_cause(cases: Iterable[Case]) -> dict[str, list[Case]]:
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.program.causes[0]].append(case)
    return dict(sorted(groups.items()))


def summary(cases: Sequence[Case]) -> dict[str, str]:
    faulty = [case for case in cases if not case.program.healthy and case.verdict != "harmless"]
    healthy = [case for case in cases if case.program.healthy]
    placed = [case for case in faulty if case.program.lines and case.within_three]
    rows = {
        "true cause first": share(faulty, lambda case: case.hit),
        "true cause in the first three": share(faulty, lambda case: case.within_three),
        "true cause is the first `likely`, no cause named": share(
            faulty, lambda c: not c.causes and c.likely[:1] != () and c.likely[0] in c.program.causes
        ),
        "faulty with any alarm": share(faulty, lambda case: bool(case.alarms)),
        "line exact (of those named)": share(placed, lambda case: case.line_off() == 0),
        f"line within {NEAR}": share(placed, lambda case: (off := case.line_off()) is not None and off <= NEAR),
        "healthy with any alarm": share(healthy, lambda case: bool(case.alarms)),
        "runs without a diagnosis": share(cases, lambda case: not case.diagnosed),
    }
    for name in ("always faulty", "NaN only", "loss not decreasing"):
        rows[f"baseline, {name}: faulty flagged"] = share(
            faulty, lambda case, name=name: case.baselines.get(name, True)
        )
        rows[f"baseline, {name}: healthy flagged"] = share(
            healthy, lambda case, name=name: case.baselines.get(name, False)
        )
    return rows


def show(cases: Sequence[Case]) -> None:
    for split in (*sorted({case.program.part for case in cases}), "all"):
        inside = [case for case in cases if split in {case.program.part, "all"}]
        error, table = reliability(inside)
        print(
            f"\n== {split}: {len(inside)} runs of {len({case.program.id for case in inside})} programs; exact 95 % intervals"
        )
        for name, value in summary(inside).items():
            print(f"  {name:52s} {value}")
        print(f"  {'expected calibration error':52s} {error:.3f}")
        for low, high, count, mean, right in table:
            print(f"    confidence {low:.2f}-{high:.2f}: {count:4d} runs, mean {mean:.2f}, right {right:.2f}")
    faulty = [case for case in cases if not case.program.healthy]
    print(
        f"\n{'cause':36s} {'runs':>5s} {'first':>6s} {'in 3':>6s} {'line':>6s}   (faults that hurt, mislead or crash, or are not judged yet)"
    )
    for cause, inside in per_cause(case for case in faulty if case.verdict != "harmless").items():
        placed = [case for case in inside if case.program.lines and case.within_three]
        line = f"{fmean(case.line_off() == 0 for case in placed):.0%}" if placed else "-"
        print(
            f"{cause:36s} {len(inside):5d} {fmean(c.hit for c in inside):6.0%} {fmean(c.within_three for c in inside):6.0%} {line:>6s}"
        )
    print("\nnot named: program, seed, true, named")
    for case in faulty:
        if not case.hit and case.verdict != "harmless":
            said = (
                ", ".join(case.causes) or (f"({', '.join(case.alarms)})" if case.alarms else "nothing")
                if case.diagnosed
                else "no diagnosis"
            )
            print(f"  {case.program.part:8s} {case.program.id} {case.seed}: {', '.join(case.program.causes)} <- {said}")
    print("\nlines that are off: program, named, right")
    for case in faulty:
        if case.program.lines and case.within_three and case.line_off() != 0:
            print(
                f"  {case.program.id} {case.seed}: {dict(zip(case.causes, case.lines, strict=True))}, right {list(case.program.lines)}"
            )
    print("\nalarms on healthy programs")
    for case in cases:
        if case.program.healthy and case.alarms:
            print(f"  {case.program.part:8s} {case.program.id} {case.seed}: {', '.join(case.alarms)}")
    counts = Counter(alarm for case in cases if case.program.healthy for alarm in case.alarms)
    print("  by id:", dict(counts.most_common()))
    harmless = [case for case in faulty if case.verdict == "harmless"]
    print(f"\nharmless by the kill test, not counted: {len(harmless)} runs, named {sum(case.hit for case in harmless)}")


def document(cases: Sequence[Case], command: str) -> str:
    """The tables as a page of documentation."""
    faulty = [case for case in cases if not case.program.healthy]
    unjudged = sum(case.verdict == "too few" for case in faulty)
    lines = [
        "# How often losscompass is right",
        "",
        f"Written by `{command}` on {datetime.now(UTC).date()}. The programs are those of `zoo/`: healthy trainings, and the same with one known fault.",
        "Rules were written with the families called `tune` in sight; `held-out` families were only ever used to judge; `opened` ones were, until they were looked at for",
        "what had been missed (their `.variants` say when). Faults that the kill test (`make zoo-kill`) found harmless",
        f"are left out; it has judged {len(faulty) - unjudged} of {len(faulty)} runs of faulty programs, and the others are taken for harmful. Intervals are exact (Clopper and Pearson), at 95 %;",
        "runs of one family are alike, so the true ones are wider.",
    ]
    splits = sorted({case.program.part for case in cases})
    parts = {split: [case for case in cases if case.program.part == split] for split in splits}
    lines += ["", "| | " + " | ".join(splits) + " |", "|---|" + "---|" * len(splits)]
    rows = {split: summary(part) for split, part in parts.items()}
    lines += [f"| {name} | " + " | ".join(rows[split][name] for split in splits) + " |" for name in rows[splits[0]]]
    for split, part in parts.items():
        error, table = reliability(part)
        lines += [
            "",
            f"## Confidence, {split}",
            "",
            f"Of the first cause named; a cause named on a healthy run is wrong. Expected calibration error {error:.3f}.",
            "",
            "| confidence | runs | mean | right |",
            "|---|---|---|---|",
            *(f"| {low:.2f}–{high:.2f} | {n} | {mean:.2f} | {right:.2f} |" for low, high, n, mean, right in table),
        ]
    lines += ["", "## By cause", "", "First / in the first three / runs.", ""]
    lines += ["| cause | " + " | ".join(splits) + " |", "|---|" + "---|" * len(splits)]
    named = {
        split: per_cause(case for case in part if not case.program.healthy and case.verdict != "harmless")
        for split, part in parts.items()
    }
    for cause in sorted({cause for groups in named.values() for cause in groups}):
        cells = []
        for split in splits:
            inside = named[split].get(cause, [])
            hits, three = sum(case.hit for case in inside), sum(case.within_three for case in inside)
            cells.append(f"{hits} / {three} / {len(inside)}" if inside else "–")
        lines.append(f"| `{cause}` | " + " | ".join(cells) + " |")
    alarms = Counter(alarm for case in cases if case.program.healthy for alarm in case.alarms)
    healthy = sum(case.program.healthy for case in cases)
    lines += ["", "## False alarms", ""]
    lines += [f"- `{alarm}`: {count} of {healthy} healthy runs" for alarm, count in alarms.most_common()] or ["None."]
    return "\n".join(lines) + "\n"


def as_json(cases: Sequence[Case]) -> list[dict[str, Any]]:
    return [
        {
            "program": case.program.id,
            "part": case.program.part,
            "seed": case.seed,
            "true": list(case.program.causes),
            "kill": case.verdict,
            "named": list(case.causes),
            "lines": list(case.lines),
            "right_lines": list(case.program.lines),
            "confidence": case.confidence,
            "alarms": list(case.alarms),
            "likely": list(case.likely),
            "diagnosed": case.diagnosed,
            "baselines": case.baselines,
        }
        for case in cases
    ]


def main() -> None:
    parser = arguments(
        argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    )
    parser.add_argument("--json", type=Path, help="also write every case here")
    parser.add_argument("--document", type=Path, help="also write the tables here, as Markdown")
    args = parser.parse_args()
    rows = load()
    cases, absent = [], 0
    for seed in (int(seed) for seed in args.seeds.split(",")):
        for program in chosen(args.split, args.only, args.sample):
            path = said_path(program, seed)
            if not path.exists():
                absent += 1
                continue
            judged = "healthy" if program.healthy else verdict(program, rows)[0]
            cases.append(case_of(program, seed, judged, read_said(path).document))
    if absent:
        print(f"{absent} runs are not there yet: make zoo")
    if not cases:
        raise SystemExit(2)
    show(cases)
    if args.json:
        args.json.write_text(json.dumps(as_json(cases), indent=1), "utf-8")
    if args.document:
        args.document.write_text(document(cases, f"python -m zoo.score {' '.join(sys.argv[1:])}"), "utf-8")


if __name__ == "__main__":
    main()
