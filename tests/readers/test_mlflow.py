"""MLflow: metric files, run folders, and the SQLite store."""

import sqlite3

import numpy as np
import pytest

from losscompass.evidence.records import Event, Fact, ScalarBlock, Skipped
from losscompass.readers.base import UnreadableError
from losscompass.readers.head import head_of
from losscompass.readers.mlflow import READER


def metric(path, rows, end="\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(" ".join(map(str, row)) for row in rows) + end)
    return path


def read(path):
    records = list(READER.read(path))
    blocks = {record.name: record for record in records if isinstance(record, ScalarBlock)}
    return blocks, [r for r in records if not isinstance(r, ScalarBlock)]


T = 1_700_000_000_000


def test_a_metric_file_alone_is_a_curve_named_after_it(tmp_path):
    path = metric(tmp_path / "val_loss", [(T, 2.5, 0), (T + 500, "nan", 10), (T + 1000, "inf", 20)])
    assert READER.sniff(head_of(path))
    blocks, rest = read(path)
    block = blocks["val_loss"]
    np.testing.assert_array_equal(block.step, [0, 10, 20])
    np.testing.assert_array_equal(block.value, [2.5, np.nan, np.inf])
    np.testing.assert_array_equal(block.time, [T / 1000, T / 1000 + 0.5, T / 1000 + 1])
    assert rest == [Fact("format", "mlflow")]


def test_the_folder_metrics_tells_the_whole_name(tmp_path):
    path = metric(tmp_path / "metrics" / "train" / "loss", [(T, 1, 0), (T, 2, 1)])
    assert list(read(path)[0]) == ["train/loss"]


def test_lines_may_tell_the_data_set_and_old_ones_tell_no_step(tmp_path):
    assert READER.sniff(head_of(metric(tmp_path / "a", [(T, 1, 0, "name digest"), (T, 2, 1, "name digest")])))
    blocks, _ = read(metric(tmp_path / "b", [(T, 1), (T + 1, 2)]))
    assert blocks["b"].axis == "row"
    np.testing.assert_array_equal(blocks["b"].step, [0, 1])


def test_who_never_gives_a_step_is_read_row_by_row(tmp_path):
    blocks, _ = read(metric(tmp_path / "loss", [(T + i, 1 / (i + 1), 0) for i in range(5)]))
    assert blocks["loss"].axis == "row"
    np.testing.assert_array_equal(blocks["loss"].step, np.arange(5))


def test_a_point_written_again_at_the_end_is_no_new_point(tmp_path):
    rows = [(T + i, 1 / (i + 1), i) for i in range(5)]
    blocks, rest = read(metric(tmp_path / "loss", [*rows, rows[0]]))
    np.testing.assert_array_equal(blocks["loss"].step, np.arange(5))
    assert Skipped("repeated-row", 1, "loss") in rest


def test_steps_that_fall_with_time_are_kept_in_order(tmp_path):
    rows = [(T + i, i, step) for i, step in enumerate([0, 1, 2, 0, 1, 2])]
    blocks, _ = read(metric(tmp_path / "loss", rows))
    np.testing.assert_array_equal(blocks["loss"].step, [0, 1, 2, 0, 1, 2])


def test_a_cut_off_last_line_is_no_point(tmp_path):
    path = metric(tmp_path / "loss", [(T, 1, 0), (T, 2, 1), (T, 2)], end="")
    blocks, rest = read(path)
    assert blocks["loss"].step.size == 2
    assert Skipped("cut-off-last-row", 1, "loss, line 3") in rest


def test_damaged_lines_are_counted(tmp_path):
    path = metric(tmp_path / "loss", [(T, 1, 0), ("#", "?"), (T, 2, 1)])
    assert Skipped("unreadable-row", 1, "loss, line 2") in read(path)[1]


@pytest.mark.parametrize("text", ["0.001", "1 2 3\n", "epoch loss\n1 2\n", "1700000000000 high 0\n", ""])
def test_other_texts_are_not_metrics(tmp_path, text):
    (tmp_path / "x").write_text(text)
    assert not READER.sniff(head_of(tmp_path / "x"))


def test_a_run_folder_is_one_log(tmp_path):
    run = tmp_path / "0" / "abc"
    metric(run / "metrics" / "loss", [(T, 1, 0), (T, 2, 1)])
    metric(run / "metrics" / "val" / "loss", [(T, 3, 0), (T, 4, 1)])
    for name, value in (("lr", "0.1"), ("epochs", "10"), ("net", "unet"), ("ema", "True"), ("long", "x" * 1000)):
        (run / "params").mkdir(exist_ok=True)
        (run / "params" / name).write_text(value)
    (run / "meta.yaml").write_text("artifact_uri: x\nrun_name: 'quick-fox'\n")
    (run / "artifacts").mkdir()
    claimed = READER.claims(run)
    assert {path.name for path in claimed} == {"metrics", "params", "meta.yaml"}
    assert READER.claims(tmp_path) == READER.claims(tmp_path / "0") == ()
    blocks, rest = read(run)
    assert list(blocks) == ["loss", "val/loss"]
    assert {fact.name: fact.value for fact in rest} == {
        "format": "mlflow",
        "lr": 0.1,
        "epochs": 10,
        "net": "unet",
        "ema": True,
        "run_name": "quick-fox",
    }


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "odd name#1?.db"
    db = sqlite3.connect(path)
    db.executescript("""
        CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE runs (run_uuid TEXT PRIMARY KEY, name TEXT, lifecycle_stage TEXT, start_time INTEGER);
        CREATE TABLE metrics (key TEXT, value REAL, timestamp INTEGER, run_uuid TEXT, step INTEGER, is_nan BOOLEAN);
        CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT);
        INSERT INTO runs VALUES ('r1', 'fox', 'active', 9), ('r2', 'fox', 'active', 8), ('r3', 'owl', 'deleted', 7);
        INSERT INTO params VALUES ('lr', '0.5', 'r1'), ('lr', '0.25', 'r2');
    """)
    for step in range(3):
        for run in ("r2", "r1", "r3"):
            db.execute("INSERT INTO metrics VALUES ('loss', ?, ?, ?, ?, 0)", (step / 2, T + step, run, step))
    db.execute("INSERT INTO metrics VALUES ('loss', 0, ?, 'r1', 3, 1)", (T + 3,))
    db.execute("INSERT INTO metrics VALUES ('loss', ?, ?, 'r1', 4, 0)", (-np.finfo(float).max, T + 4))
    db.commit()
    db.close()
    return path


def test_a_store_gives_every_run_that_is_not_deleted(store):
    assert READER.sniff(head_of(store))
    records = list(READER.read(store))
    assert records[0] == Fact("format", "mlflow")
    assert [r.data["name"] for r in records if isinstance(r, Event)] == ["fox (r2)", "fox (r1)"]
    assert [r.value for r in records if isinstance(r, Fact)] == ["mlflow", 0.25, 0.5]
    second, first = (r for r in records if isinstance(r, ScalarBlock))
    np.testing.assert_array_equal(first.value, [0, 0.5, 1, np.nan, -np.inf])
    np.testing.assert_array_equal(first.time, [T / 1000 + i / 1000 for i in range(5)])
    np.testing.assert_array_equal(second.step, [0, 1, 2])
    assert Skipped("deleted-run", 1, "owl") in records


def test_a_store_is_only_looked_at(store):
    before = store.read_bytes()
    store.chmod(0o444)
    list(READER.read(store))
    assert store.read_bytes() == before
    assert [path.name for path in store.parent.iterdir()] == [store.name]


def test_other_databases_are_not_stores(tmp_path):
    db = sqlite3.connect(tmp_path / "x.db")
    db.execute("CREATE TABLE metrics (key TEXT)")
    db.commit()
    db.close()
    assert not READER.sniff(head_of(tmp_path / "x.db"))


def test_a_damaged_store_says_so(store):
    data = bytearray(store.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    store.write_bytes(data)
    with pytest.raises(UnreadableError, match="damaged-database"):
        list(READER.read(store))
