"""What the audit of a data set finds, and what it costs: `make bench-data`.

1. faults planted in generated tables and in scikit-learn's digits, at several strengths: how many are found, by whom;
2. clean tables and scikit-learn's own sets: how many are left alone;
3. flipped labels: precision, recall, estimated share and its interval, beside cleanlab where it is installed;
4. scale: what a raw feature costs a small network, strength by strength (the strength from which a fault counts);
5. a Parquet file of 1, 3 and 10 million rows and 20 columns: time beside a plain scan, largest memory.

`--only N` does one part, `--each N` sets how many seeds, `--rows N,N` the sizes of part 5. deepchecks is not among the
companions: 0.19.1 installs beside scikit-learn 1.9.1 but cannot be imported (it asks for a scorer that is gone).
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from calibration.planted_data import CLEAN, FAULTS, clean, flipped, kinds_of, planted  # noqa: E402
from calibration.sweep import upper_bound  # noqa: E402
from sklearn import datasets  # noqa: E402

import losscompass  # noqa: E402
from losscompass.data.label_noise import doubts  # noqa: E402
from losscompass.data.out_of_bag import predict_classes  # noqa: E402
from losscompass.diagnose.engine import apply  # noqa: E402
from losscompass.evidence.records import Event  # noqa: E402
from losscompass.evidence.run import Run  # noqa: E402
from losscompass.rules.dataset.label_noise import RULE  # noqa: E402

SEED = 5000
"""Beside those of the calibration: no table is used for both."""


def found(train, validation=None, **options):
    """Id → severity, and the findings, of one audit."""
    report = losscompass.audit(train, validation, **options)
    return {one.id: str(one.severity) for one in report.runs[0].found}, report.runs[0]


def part_faults(each):
    print("\n1. Faults planted (generated tables and digits; found / tables), weakest first; * counts")
    hits = defaultdict(lambda: [0, 0])
    for place, (fault, how) in enumerate(FAULTS.items()):
        rule, kinds, cells = fault.split(" ")[0], kinds_of(fault), []
        counting = False
        for at, strength in enumerate(how.strengths):
            counting |= strength == how.counts_from
            hit = 0
            for number in range(each):
                tables = planted(fault, kinds[(place + at + number) % len(kinds)], SEED + number, strength, 600)
                ids, _ = found(tables.train, tables.validation, target="y", **tables.options)
                hit += rule in ids
            if counting:
                hits[fault][0] += hit
                hits[fault][1] += each
            cells.append(f"{strength:g}{'*' if counting else ''}: {hit}/{each}")
        print(f"  {fault:32} {'   '.join(cells)}", flush=True)
    whole = np.array(list(hits.values())).sum(axis=0)
    print(f"  found where it counts: {whole[0]}/{whole[1]} = {whole[0] / whole[1]:.1%}")


def part_clean(each):
    print("\n2. Clean tables: findings of warning or above")
    loud, total = 0, 0
    for kind in CLEAN:
        alarms = []
        for number in range(each):
            tables = clean(kind, SEED + 100 + number, 800)
            ids, _ = found(tables.train, tables.validation, target="y")
            warned = [id_ for id_, severity in ids.items() if severity != "note"]
            alarms += warned
            loud, total = loud + bool(warned), total + 1
        print(f"  {kind:12} tables: {each}   {', '.join(alarms) or 'none'}", flush=True)
    for name in ("iris", "wine", "breast_cancer", "digits", "diabetes"):
        ids, _ = found(getattr(datasets, f"load_{name}")())
        warned = [id_ for id_, severity in ids.items() if severity != "note"]
        loud, total = loud + bool(warned), total + 1
        notes = ", ".join(id_ for id_, severity in ids.items() if severity == "note")
        print(f"  sklearn {name:14} {', '.join(warned) or 'none'}   (notes: {notes})", flush=True)
    print(f"  with a warning: {loud}/{total} = {loud / total:.1%} (at most {upper_bound(loud, total):.1%})")


def _label_sets():
    for name in ("iris", "wine", "breast_cancer", "digits"):
        x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
        yield name, x, y
    for kind in ("normal", "classes", "blobs", "signals", "grid"):
        frame = pl.concat([clean(kind, SEED + 300, 1000).train])
        yield kind, frame.drop("y").to_numpy().astype(float), np.unique(frame["y"].to_numpy(), return_inverse=True)[1]


def _ours(x, y):
    """Estimated share, its interval, the doubted rows, and whether the rule warns: of predictions made once for all tools."""
    shares = predict_classes(x, y, int(y.max()) + 1).shares
    said = doubts(shares, y)
    right = float((shares.argmax(axis=1) == y).mean())
    event = Event(
        "labels-doubted",
        data={
            "share": said.share, "low": said.low, "high": said.high, "certain": said.certain, "doubted": int(said.doubted.sum()),
            "looked_at": y.size, "whole_rows": y.size, "score": right, "guess": float(np.bincount(y).max() / y.size),
        },
    )  # fmt: skip
    outcome = apply(RULE, Run(source="", facts={"audited": True}, events=(event,)))
    return shares, said, isinstance(outcome, tuple) and bool(outcome)


def _cleanlab(shares, y):
    from cleanlab import Datalab

    lab = Datalab({"y": y.tolist()}, label_name="y", verbosity=0)
    lab.find_issues(pred_probs=shares, issue_types={"label": {}})
    issues = np.flatnonzero(lab.get_issues("label")["is_label_issue"].to_numpy())
    return issues.size / y.size, issues


def part_labels(each):
    beside = find_spec("cleanlab") is not None and find_spec("datasets") is not None  # Datalab needs both
    print("\n3. Flipped labels (mean over seeds)" + ("" if beside else "; cleanlab[datalab] is not installed"))
    print(
        "  set            flipped  precision  recall  estimated  in interval  warned"
        + ("   cleanlab: precision  recall  share" if beside else "")
    )
    good, inside, runs = [], 0, 0
    for name, x, y in _label_sets():
        for rate in (0.0, 0.05, 0.1, 0.2):
            rows = []
            for number in range(each):
                noisy, wrong = flipped(y, np.random.default_rng(SEED + number), rate)
                shares, said, warned = _ours(x, noisy)
                doubted = np.flatnonzero(said.doubted)
                hit = np.intersect1d(doubted, wrong).size
                row = [
                    hit / max(1, doubted.size),
                    hit / max(1, wrong.size),
                    said.share,
                    said.low <= rate <= said.high,
                    warned,
                ]
                if beside:
                    theirs, issues = _cleanlab(shares, noisy)
                    hit = np.intersect1d(issues, wrong).size
                    row += [hit / max(1, issues.size), hit / max(1, wrong.size), theirs]
                rows.append(row)
            mean = np.array(rows, dtype=float).mean(axis=0)
            inside, runs = inside + sum(row[3] for row in rows), runs + each
            if rate == 0.1:
                good += [(row[0] >= 0.8 and row[1] >= 0.7, abs(row[2] - rate) <= 0.03) for row in rows]
            more = f"   {mean[5]:18.2f}  {mean[6]:6.2f}  {mean[7]:5.3f}" if beside else ""
            print(
                f"  {name:14} {rate:7.0%}  {mean[0]:9.2f}  {mean[1]:6.2f}  {mean[2]:9.3f}  {mean[3]:11.0%}  {mean[4]:6.0%}{more}",
                flush=True,
            )
    both = np.array(good).mean(axis=0)
    print(
        f"  10 % flips: precision ≥ 0.8 at recall ≥ 0.7 in {both[0]:.0%} of {len(good)}, share within ±3 points in {both[1]:.0%}; truth in the interval {inside}/{runs}"
    )


def part_costs(each):
    print("\n4. What a raw feature costs a small network (accuracy on held-out rows, mean over seeds)")
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore", ConvergenceWarning)
    cells = []
    for factor in (1, 10, 100, 1e3, 1e5):
        scores = []
        for number in range(each):
            tables = clean("normal", SEED + 400 + number, 800)
            x, y = tables.train.drop("y").to_numpy().copy(), tables.train["y"].to_numpy()
            u, v = tables.validation.drop("y").to_numpy().copy(), tables.validation["y"].to_numpy()
            x[:, 0] *= factor
            u[:, 0] *= factor
            model = MLPClassifier((32,), learning_rate_init=1e-3, max_iter=60, random_state=number).fit(x, y)
            scores.append(model.score(u, v))
        cells.append(f"×{factor:g}: {np.mean(scores):.3f}")
    print("  one feature of twelve", "   ".join(cells))


def part_size(rows):
    print("\n5. A Parquet file of 20 columns, audited (its own process each)")
    print("       rows   file MB   plain scan s   audit s   ratio   CPU s   s per million rows   largest memory MB")
    with tempfile.TemporaryDirectory() as folder:
        for count in rows:
            path = Path(folder) / f"{count}.parquet"
            _write(path, count)
            out = subprocess.run(
                [sys.executable, __file__, "--one", str(path)], check=True, capture_output=True, text=True
            )
            seen = json.loads(out.stdout.splitlines()[-1])
            print(
                f"  {count:9,}  {path.stat().st_size / 1e6:8.0f}  {seen['scan']:13.2f}  {seen['audit']:8.1f}  {seen['audit'] / seen['scan']:6.1f}"
                f"  {seen['cpu']:6.1f}  {seen['audit'] / count * 1e6:19.1f}  {seen['memory']:18.0f}   found: {', '.join(seen['found'])}",
                flush=True,
            )
            path.unlink()


def _write(path, count):
    """Eighteen normal features, a category, two classes; every hundredth row repeats another, to 0.1 % of its spread."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    random, writer = np.random.default_rng(0), None
    for start in range(0, count, 500_000):
        n = min(500_000, count - start)
        x = random.standard_normal((n, 18))
        copies = np.arange(0, n, 100)
        x[copies] = x[(copies + 50) % n]
        y = ((x[:, 0] + x[:, 1] * x[:, 2]) > 0).astype(np.int64)
        kinds = random.choice(["a", "b", "c", "d"], n)
        kinds[copies] = kinds[(copies + 50) % n]
        table = pa.table({f"f{place}": x[:, place] for place in range(18)} | {"kind": kinds, "y": y})
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def one(path):
    """In a process of its own: a plain scan, the audit, the largest memory."""
    import resource

    begun = time.perf_counter()
    pl.scan_parquet(path).select(pl.all().exclude("kind").sum(), pl.col("kind").n_unique()).collect(engine="streaming")
    scan, begun, spent = time.perf_counter() - begun, time.perf_counter(), time.process_time()
    ids, _ = found(path, target="y")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "scan": scan,
                "audit": time.perf_counter() - begun,
                "cpu": time.process_time() - spent,
                "memory": memory,
                "found": list(ids),
            }
        )
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", type=int, choices=range(1, 6))
    parser.add_argument("--each", type=int, default=3)
    parser.add_argument("--rows", default="1000000,3000000,10000000")
    parser.add_argument("--one")
    asked = parser.parse_args()
    if asked.one:
        return one(asked.one)
    parts = {1: part_faults, 2: part_clean, 3: part_labels, 4: part_costs}
    for number, part in parts.items():
        if asked.only in {None, number}:
            part(asked.each)
    if asked.only in {None, 5}:
        part_size([int(count) for count in asked.rows.split(",")])
    return None


if __name__ == "__main__":
    main()
