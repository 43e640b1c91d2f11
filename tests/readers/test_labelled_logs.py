"""Other people's logs: every training log gives its series, with the numbers that a second, simpler reading finds.

The second reading is done here with `csv`, `json` and plain regular expressions; nothing is compared with stored figures.
"""

import csv
import json
import math
import os
import re
from pathlib import Path

import numpy as np
import pytest

from losscompass.readers.discover import gather

LOGS = Path(os.environ.get("LOSSCOMPASS_LOGS", Path(__file__).parents[2].parent / "shared" / "logs"))
pytestmark = [pytest.mark.logs, pytest.mark.skipif(not LOGS.is_dir(), reason=f"the labelled logs are not at {LOGS}")]

ROWS = list(csv.DictReader((LOGS / "labels.csv").read_text("utf-8").splitlines())) if LOGS.is_dir() else []
NOT_A_LOG = [row["file"] for row in ROWS if row["labels"].startswith("not-a-training-log")]
TRAINING = [row["file"] for row in ROWS if not row["labels"].startswith("not-a-training-log")]
TABLES = (
    "keras-csv",
    "lightning-csv",
    "ultralytics-csv",
    "openai-logger-csv",
    "sb3-progress-csv",
    "sb-monitor-csv",
    "dvclive-tsv",
)
POSITIONS = {
    "epoch",
    "step",
    "iter",
    "",
    "time/total_timesteps",
    "Epoch",
    "current_steps",
    "iteration",
    "Progress/kimg",
    "timestamp",
}


def of_format(*formats):
    return [row["file"] for row in ROWS if row["format"] in formats]


def read(name):
    """Every number of the file by the log's own name, in the order of the log, and what was not kept."""
    found = gather([LOGS / name])
    assert found.runs, [(one.reason, dict(one.values)) for one in found.unreadable]
    numbers = {}
    for run in found.runs:
        for series in run.series.values():
            if not series.derived:
                numbers.setdefault(series.raw, []).extend(series.value.tolist())
    lost = sum(one.count for run in found.runs for one in run.skipped)
    return numbers, lost


def compare(numbers, lost, wanted):
    """The same numbers under every name; fewer only where the run says how many it passed over."""
    missing = 0
    for name, values in wanted.items():
        got = numbers.get(name, [])
        missing += len(values) - len(got)
        if len(got) == len(values):
            assert np.array_equal(np.sort(got), np.sort(values), equal_nan=True), name
        else:
            assert set(map(repr, got)) <= set(map(repr, values)), name
    assert 0 <= missing <= lost, (missing, lost)


def number(cell):
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None


@pytest.mark.parametrize("name", TRAINING)
def test_every_training_log_has_a_curve(name):
    found = gather([LOGS / name])
    assert found.runs, [(one.reason, dict(one.values)) for one in found.unreadable]
    assert any(run.curves for run in found.runs)


@pytest.mark.parametrize("name", NOT_A_LOG)
def test_what_is_no_training_log_says_so(name):
    found = gather([LOGS / name])
    assert not found.runs
    assert len(found.unreadable) == 1


@pytest.mark.parametrize("name", of_format(*TABLES))
def test_tables(name):
    with (LOGS / name).open(newline="", encoding="utf-8") as file:
        lines = (line for line in file if not line.startswith("#"))
        rows = list(csv.reader(lines, delimiter="\t" if name.endswith("tsv") else ","))
    wanted = {}
    for index, column in enumerate(map(str.strip, rows[0])):
        values = [number(row[index]) for row in rows[1:] if len(row) == len(rows[0]) and row[index].strip()]
        if column not in POSITIONS and values:
            wanted[column] = values
    padded = all("" not in row for row in rows[1:])
    numbers, lost = read(name)
    if padded:  # every cell is filled, so a NaN may be filling: the finite ones are what counts here
        wanted = {key: [v for v in values if not math.isnan(v)] for key, values in wanted.items()}
        numbers = {key: [v for v in values if not math.isnan(v)] for key, values in numbers.items()}
    compare(numbers, lost, {key: values for key, values in wanted.items() if values})


@pytest.mark.parametrize("name", of_format("hf-trainer-state"))
def test_trainer_states(name):
    history = json.loads((LOGS / name).read_text())["log_history"]
    wanted = {}
    for row in history:
        if "train_runtime" not in row:
            for key, value in row.items():
                if key not in ("step", "epoch") and isinstance(value, (int, float)):
                    wanted.setdefault(key, []).append(float(value))
    compare(*read(name), wanted)


@pytest.mark.parametrize(
    "name", of_format("detectron2-json", "hf-trainer-log-jsonl", "mmdet-log-json", "stylegan-stats-jsonl")
)
def test_json_lines(name):
    wanted = {}
    for line in (LOGS / name).read_text().splitlines():
        row = json.loads(line)
        phase = row.get("mode")
        for key, logged in row.items():
            value = logged["mean"] if isinstance(logged, dict) else logged
            if key not in POSITIONS and isinstance(value, (int, float)):
                wanted.setdefault(key, []).append(float(value))
                if phase:
                    wanted.setdefault(f"{phase}/{key}", []).append(float(value))
    numbers, lost = read(name)
    for key, values in numbers.items():
        assert np.isin(values, wanted[key]).all() or any(map(math.isnan, values)), key
    losses = [key for key in numbers if "loss" in key.casefold()]
    assert losses
    compare({key: numbers[key] for key in losses}, lost, {key: wanted[key] for key in losses})


@pytest.mark.parametrize("name", of_format("chainer-log"))
def test_lists_of_rows(name):
    rows = json.loads((LOGS / name).read_text())
    wanted = {key: [float(row[key]) for row in rows] for key in rows[0] if key not in POSITIONS}
    compare(*read(name), wanted)


@pytest.mark.parametrize("name", of_format("history-json"))
def test_histories(name):
    wanted = {}

    def visit(node, path):
        for key, value in node.items():
            if isinstance(value, dict):
                visit(value, f"{path}{key}/")
            elif isinstance(value, list) and isinstance(value[0], dict):
                visit({part: [row[part] for row in value] for part in value[0]}, f"{path}{key}/")
            elif isinstance(value, list):
                wanted[f"{path}{key}"] = list(map(float, value))

    visit(json.loads((LOGS / name).read_text()), "")
    compare(*read(name), wanted)


@pytest.mark.parametrize("name", of_format("catboost"))
def test_catboost(name):
    numbers, _ = read(name)
    if name.endswith(".tsv"):
        rows = list(csv.DictReader((LOGS / name).read_text().splitlines(), delimiter="\t"))
        compare(numbers, 0, {key: [float(row[key]) for row in rows] for key in rows[0] if key != "iter"})
    else:
        document = json.loads((LOGS / name).read_text())
        names = [metric["name"] for metric in document["meta"]["test_metrics"]]
        for index, metric in enumerate(names):
            assert numbers[f"validation/{metric}"] == [row["test"][index] for row in document["iterations"]]


# One line of each kind of printed log, as a person would grep for it: every number found this way must be in a series.
PRINTED = {
    "caffe-stdout": r"Iteration \d+.*?, loss = (\S+)",
    "nanogpt-stdout": r"val_loss:(\S+)",
    "llmc-log": r"trl:(\S+)",
    "mlx-lm-stdout": r"Val loss (\d+\.\d+)",
    "darknet-stdout": r"^ ?\d+: \S+, (\S+) avg",
    "flair-log": r"DEV : loss (\S+)",
    "cyclegan-loss-log": r"D_A: (\S+)",
    "vw-stderr": r"^(\d\.\d+) +\d\.\d+ +\d+ ",
}


@pytest.mark.parametrize("name", of_format(*PRINTED))
def test_printed_numbers(name):
    kind = next(row["format"] for row in ROWS if row["file"] == name)
    text = (LOGS / name).read_text(errors="replace")
    wanted = [value for value in map(number, re.findall(PRINTED[kind], text, re.MULTILINE)) if value is not None]
    assert len(wanted) > 3
    numbers, lost = read(name)
    best = max(numbers.values(), key=lambda values: np.isin(wanted, values).sum())
    assert np.isin(wanted, best).sum() + lost >= len(wanted)
    assert np.isin(wanted, best).mean() > 0.95


@pytest.mark.parametrize("name", of_format("tensorboard"))
def test_tensorboard(name):
    if name in NOT_A_LOG:
        pytest.skip("holds no scalars")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    known = EventAccumulator(str(LOGS / name), size_guidance={"scalars": 0, "tensors": 0})
    known.Reload()
    wanted = {tag: [event.value for event in known.Scalars(tag)] for tag in known.Tags()["scalars"]}
    compare(*read(name), wanted)


def test_the_folder_gives_what_its_files_give():
    found = gather([LOGS])
    sources = {str(Path(run.source).relative_to(LOGS)) for run in found.runs}
    files = {name for name in TRAINING if "mlruns" not in name and "tfevents" not in name}  # those are one log a folder
    assert files <= sources
    assert not found.unreadable
    assert not any(source in NOT_A_LOG for source in sources)
    assert found.skipped


def test_the_table_of_the_labels_is_no_log():
    assert [one.reason for one in gather([LOGS / "labels.csv"]).unreadable] == ["no-curve"]
