"""Tables of numbers whose columns nothing names, or only a comment, or only the name of the file."""

import json

import numpy as np
import pytest

from losscompass.diagnose.engine import diagnose
from losscompass.readers.discover import gather


def run_of(path, text):
    path.write_text(text, "utf-8")
    found = gather([path])
    assert [one.reason for one in found.unreadable] == []
    return found.runs[0]


def is_no_curve(path, text):
    path.write_text(text, "utf-8")
    return [one.reason for one in gather([path]).unreadable] == ["no-curve"]


def falling(index):
    return 2.0 * 0.95**index + 0.1


def table(delimiter, columns=2, rows=40, start=0):
    return "".join(
        delimiter.join([str(i), *(f"{falling(i - start) + 0.1 * c:.5f}" for c in range(columns))]) + "\n"
        for i in range(start, start + rows)
    )


@pytest.mark.parametrize("delimiter", [" ", ",", "\t", "; "])
@pytest.mark.parametrize("columns", [1, 2, 3])
@pytest.mark.parametrize("start", [0, 1])
def test_behind_a_column_that_counts_the_first_is_the_curve(tmp_path, delimiter, columns, start):
    run = run_of(tmp_path / "out.txt", table(delimiter, columns, start=start))
    curve = run.curve("train")
    assert curve is not None
    assert curve.role.direction == -1
    assert curve.step.tolist() == list(range(start, start + 40))
    assert [one.reason for one in run.skipped] == ["direction-assumed"]
    if columns > 1:
        assert [one.raw for one in run.series.values()] == [f"column {c + 2}" for c in range(columns)]


def test_its_verdict_is_one(tmp_path):
    (tmp_path / "out.txt").write_text(table(" "))
    assert diagnose(gather([tmp_path / "out.txt"])).runs[0].reading.labels[0] == "still-improving"


def test_the_stem_names_the_first_column_only(tmp_path):
    run = run_of(tmp_path / "loss.txt", table(" "))
    assert {name: one.raw for name, one in run.series.items()} == {"train/loss": "loss", "column_3": "column 3"}
    assert not run.skipped


def test_other_tables_without_names_are_no_curves(tmp_path):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(60, 3))
    assert is_no_curve(tmp_path / "xy.txt", "".join(f"{x:.3f} {y:.3f}\n" for x, y, _ in points))
    wide = "".join(",".join([str(i), *(f"{v:.3f}" for v in rng.normal(size=8))]) + "\n" for i in range(60))
    assert is_no_curve(tmp_path / "wide.csv", wide)
    years = "".join(f"{1950 + i} {v:.2f}\n" for i, v in enumerate(points[:, 0]))
    assert is_no_curve(tmp_path / "years.txt", years)
    counts = "".join(f"{i} {rng.integers(1000)}\n" for i in range(60))
    assert is_no_curve(tmp_path / "counts.txt", counts)


@pytest.mark.parametrize("mark", ["#", "# ", "% ", "## "])
@pytest.mark.parametrize("joint", [" ", ", ", "\t", ","])
@pytest.mark.parametrize("delimiter", [" ", ",", "\t"])
def test_a_comment_may_name_the_columns(tmp_path, mark, joint, delimiter):
    header = mark + joint.join(("epoch", "train_loss", "valid_loss")) + "\n"
    run = run_of(tmp_path / "log.txt", "# seed 3\n" + header + table(delimiter))
    assert set(run.series) == {"train/loss", "val/loss"}
    assert run.series["val/loss"].axis == "epoch"
    assert len(run.series["train/loss"]) == 40
    assert not run.skipped


def test_a_comment_of_as_many_words_names_nothing(tmp_path):
    run = run_of(tmp_path / "out.txt", "# made by hand\n" + table(" "))
    assert set(run.series) == {"column_2", "column_3"}


def test_a_comment_names_a_single_column(tmp_path):
    run = run_of(tmp_path / "out.txt", "# val_loss\n" + "".join(f"{falling(i):.4f}\n" for i in range(30)))
    assert set(run.series) == {"val/loss"}


def exported(rows=40):
    return [[1.6e9 + i, i * 10, falling(i)] for i in range(rows)]


@pytest.mark.parametrize("ending", ["csv", "json"])
@pytest.mark.parametrize(
    ("stem", "name"),
    [("run-a_b-tag-val_loss", "val/loss"), ("run-.-tag-accuracy", "train/accuracy"), ("download (3)", None)],
)
def test_the_download_of_one_tag(tmp_path, ending, stem, name):
    path = tmp_path / f"{stem}.{ending}"
    rows = exported()
    text = (
        json.dumps(rows)
        if ending == "json"
        else "Wall time,Step,Value\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows)
    )
    run = run_of(path, text)
    (series,) = run.series.values()
    assert series.step.tolist() == [10 * i for i in range(40)]
    if name is None:
        assert [one.reason for one in run.skipped] == ["direction-assumed"]
        assert run.curve("train") is series
        assert diagnose(gather([path])).runs[0].reading.labels[0] != "too-short-to-say"
    else:
        assert (series.name, run.skipped) == (name, ())


def test_prose_in_a_table_is_no_run(tmp_path):
    reasons = [
        "val loss 0.31 at its lowest, train loss 0.12 at the end",
        "falls 2.3 -> 0.4 in 90 epochs, accuracy 0.91",
        "loss 6.91 = ln 1000 throughout: accuracy 0.001",
        "train loss 0.02 while val loss rises 0.4 -> 0.9 from epoch 12",
        "reward 12.5, never above 13.1",
        "two spikes (epoch 4: loss 8.25), then 0.7",
        "loss nan from step 1200 on",
    ]
    rows = [f'run-{i}.log,group {i % 3},{i * 3},"{reason}"' for i, reason in enumerate(reasons)]
    assert is_no_curve(tmp_path / "labels.csv", "\n".join(["file,label,onset,reason", *rows, ""]))
