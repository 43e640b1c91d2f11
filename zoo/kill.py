"""The kill test: does each fault hurt, and does each healthy program learn well? Runs what kill.json does not yet hold, then prints the verdicts.

    python -m zoo.kill [--seeds 3] [--workers 2] [--only WORD] [--report]

A faulty program is compared with its clean twin on the same seeds: one-sided paired t-test on the quality that both measure on clean data that neither has seen.
"hurts": the quality is worse. "misleads": it is not, but what the program itself reports is farther from it. "crashes": it ends with an error.
"harmless": none of these; such a program is not counted as a miss. "too few": fewer than three seeds were run.
"""

import argparse
import hashlib
import json
import math
import sys
import time
from pathlib import Path
from statistics import fmean

from scipy.stats import ttest_1samp

from .manifest import Program, programs
from .plain import Job, Outcome, run_all

RECORD = Path(__file__).with_name("kill.json")
LEVEL = 0.05
SMALLEST = 0.01  # an effect of less than this share of the clean value is none, however steady
TIMEOUT_S = 120.0
SAVE_EVERY_S = 10.0
CURVE_MAY_RISE = (
    1.15  # the last validation loss of a healthy program over its lowest: beyond this it has begun to overfit
)


def key(program: Program) -> str:
    return hashlib.sha256(program.source.encode()).hexdigest()[:12]


def load() -> dict[str, dict]:
    if not RECORD.exists():
        return {}
    known = {program.id: key(program) for program in programs()}
    rows = json.loads(RECORD.read_text("utf-8"))
    return {name: row for name, row in rows.items() if known.get(name) == row["source"]}


def save(rows: dict[str, dict]) -> None:
    lines = [f"{json.dumps(name)}: {json.dumps(rows[name], sort_keys=True)}" for name in sorted(rows)]
    draft = RECORD.with_suffix(".tmp")
    draft.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    draft.replace(RECORD)


def row_of(outcome: Outcome) -> dict[str, object]:
    """One run: `value` is signed so that more is better; None where it is not a number."""
    metrics = outcome.metrics
    row: dict[str, object] = {"status": outcome.status, "seconds": round(outcome.seconds, 1)}
    if outcome.error:
        row["error"] = outcome.error[:160]
    if outcome.status == "ok" and metrics:
        sign = 1.0 if metrics["higher_is_better"] else -1.0
        row["sign"] = sign
        row["value"] = rounded(sign * metrics[metrics["main"]])
        if "reported" in metrics:
            row["reported"] = rounded(sign * metrics["reported"])
        row["curve"] = [rounded(value) for value in metrics["curve"]][-40:]
    return row


def rounded(value: float) -> float | None:
    return float(f"{value:.5g}") if math.isfinite(value) else None


def run_missing(rows: dict[str, dict], seeds: int, workers: int, only: str) -> None:
    twins = {program.twin for program in programs()}
    order = sorted(programs(), key=lambda program: (program.id not in twins, "+" in program.id, key(program)))
    todo = [
        Job(program.id, program.source, seed)
        for seed in range(seeds)
        for program in order
        if only in program.id and str(seed) not in rows.get(program.id, {"seeds": {}})["seeds"]
    ]
    sources = {program.id: key(program) for program in programs()}
    saved = began = time.monotonic()
    try:
        for count, outcome in enumerate(run_all(todo, workers, TIMEOUT_S), 1):
            if outcome.status != "timeout":  # the machine may have been busy: tried again next time
                row = rows.setdefault(outcome.job.id, {"source": sources[outcome.job.id], "seeds": {}})
                row["seeds"][str(outcome.job.seed)] = row_of(outcome)
            now = time.monotonic()
            sys.stderr.write(f"\r{count}/{len(todo)} runs, {now - began:.0f} s, {outcome.job.id[:60]:60s}")
            sys.stderr.flush()
            if now - saved > SAVE_EVERY_S:
                saved = now
                save(rows)
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the same command goes on from here\n")
    finally:
        save(rows)


def one_sided(differences: list[float], scale: float) -> tuple[bool, float]:
    """Whether the mean is above zero by more than chance and more than SMALLEST * scale, and the p-value."""
    mean = fmean(differences)
    if max(differences) == min(differences):
        p = 0.0 if mean > 0 else 1.0
    else:
        p = float(ttest_1samp(differences, 0.0, alternative="greater").pvalue)
    return p < LEVEL and mean > SMALLEST * scale, p


def verdict(program: Program, rows: dict[str, dict]) -> tuple[str, float]:
    """One of hurts, misleads, crashes, harmless, too few; and the p-value it rests on (of a crash: 0)."""
    own, clean = rows.get(program.id, {"seeds": {}})["seeds"], rows.get(program.twin or "", {"seeds": {}})["seeds"]
    pairs = [(own[seed], clean[seed]) for seed in own if seed in clean and clean[seed].get("value") is not None]
    if len(pairs) < 3:
        return "too few", 1.0
    if sum(a["status"] != "ok" for a, _ in pairs) * 2 > len(pairs):
        return "crashes", 0.0
    if sum(a.get("value") is None for a, _ in pairs) * 2 > len(pairs):
        return "hurts", 0.0
    pairs = [(a, b) for a, b in pairs if a.get("value") is not None]
    scale = fmean(abs(b["value"]) for _, b in pairs)
    hurts, p = one_sided([b["value"] - a["value"] for a, b in pairs], scale)
    if hurts:
        return "hurts", p
    if all(row.get("reported") is not None for pair in pairs for row in pair):
        gaps = [abs(a["reported"] - a["value"]) - abs(b["reported"] - b["value"]) for a, b in pairs]
        misleads, gap_p = one_sided(gaps, scale)
        if misleads:
            return "misleads", gap_p
    return "harmless", p


def complaint(program: Program, rows: dict[str, dict]) -> str:
    """What is wrong with a program that should be healthy; empty where nothing is."""
    for seed, row in rows.get(program.id, {"seeds": {}})["seeds"].items():
        if row.get("value") is None:
            return f"seed {seed}: {row['status']} {row.get('error', '')}"
        curve = [value for value in row["curve"] if value is not None]
        wanted = row["sign"] * program.good
        if row["value"] < wanted:
            return f"seed {seed}: {row['value']} is below {wanted}"
        if len(curve) > 2 and min(curve) > 0 and curve[-1] > CURVE_MAY_RISE * min(curve) and "reported" in row:
            return f"seed {seed}: validation rises from {min(curve)} to {curve[-1]}"
    return ""


def report(rows: dict[str, dict]) -> None:
    counts: dict[tuple[str, str], int] = {}
    for program in programs():
        if program.healthy:
            said = complaint(program, rows)
            if said:
                print(f"not healthy  {program.id}: {said}")
            continue
        name, p = verdict(program, rows)
        counts[program.split, name] = counts.get((program.split, name), 0) + 1
        if name in {"harmless", "too few"}:
            print(f"{name:12s} {program.id} p={p:.2f}")
    for (split, name), count in sorted(counts.items()):
        print(f"{split:9s} {name:9s} {count}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default="", help="programs whose id contains this")
    parser.add_argument("--report", action="store_true", help="run nothing, print the verdicts")
    args = parser.parse_args()
    rows = load()
    if not args.report:
        run_missing(rows, args.seeds, args.workers, args.only)
    report(rows)


if __name__ == "__main__":
    main()
