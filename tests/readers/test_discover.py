"""The walk: every run under the paths, one clear reason for every path that gave none, and never an exception."""

import gzip
import json
import os
from pathlib import Path

import pytest

from losscompass.evidence.journal import Journal
from losscompass.evidence.records import Event, Fact
from losscompass.readers import discover
from losscompass.readers.discover import gather
from losscompass.text.catalogue import catalogue

CSV = "epoch,loss,val_loss\n" + "".join(f"{i},{1 / (i + 1)},{1.1 / (i + 1)}\n" for i in range(20))


def reason_of(path):
    found = gather([path])
    assert not found.runs
    (one,) = found.unreadable
    return one.reason


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"\x00" * 5000, "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n", "lfs-pointer"),
        (b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94.", "binary"),
        (b"PK\x03\x04" + bytes(range(256)) * 20, "binary"),
        (b"\x93NUMPY\x01\x00v\x00{'descr': '<f8'}", "binary"),
        (bytes(range(256)) * 200, "binary"),
        (b"\x1f\x8b\x08\x00broken", "damaged-archive"),
        (b"entity_id,state,last_changed\n" + b"sensor.a,219.2,2025-07-31T22:00:00.000Z\n" * 30, "no-curve"),
        (b'{"epoch": 3.0, "train_loss": 0.5}', "no-curve"),
        (b'{"loss": [', "damaged-json"),
    ],
)
def test_one_reason_for_a_file_that_gives_nothing(tmp_path, content, reason):
    assert reason_of(write(tmp_path / "file", content)) == reason


@pytest.mark.parametrize(
    "text",
    ["日本語の文章だけがあり、数字はない。\n" * 20, "def main():\n    return None\n" * 20, "digraph { a -> b }\n" * 9],
)
def test_texts_that_are_no_logs(tmp_path, text):
    assert reason_of(write(tmp_path / "file", text)) in ("not-a-log", "no-curve")


def test_paths_that_are_not_there(tmp_path):
    assert reason_of(tmp_path / "nowhere") == "missing"
    assert reason_of("a\0b") == "missing"
    assert reason_of(tmp_path) == "no-logs-in-folder"
    os.mkfifo(tmp_path / "pipe")
    assert reason_of(tmp_path / "pipe") == "not-a-file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path):
    path = write(tmp_path / "log.csv", CSV)
    path.chmod(0)
    assert reason_of(path) == "no-permission"


def test_a_folder_gives_every_run_and_counts_the_rest(tmp_path):
    write(tmp_path / "a" / "log.csv", CSV)
    write(tmp_path / "a" / "b" / "history.json", json.dumps({"loss": [0.9, 0.5], "val_loss": [0.8, 0.6]}))
    write(tmp_path / "a" / "b" / "packed.csv.gz", gzip.compress(CSV.encode()))
    write(tmp_path / "model.pt", b"PK\x03\x04" + bytes(range(256)))
    write(tmp_path / "train.py", "import torch\n\nprint('hello')\n")
    write(tmp_path / ".git" / "log.csv", CSV)
    write(tmp_path / ".trash" / "log.csv", CSV)  # of MLflow: runs that were deleted
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    found = gather([tmp_path, tmp_path / "a" / "log.csv"])
    sources = [Path(run.source).name for run in found.runs]
    assert sorted(sources) == ["history.json", "log.csv", "log.csv", "packed.csv.gz"]
    assert {one.reason for one in found.skipped} == {"binary", "not-a-log", "other-folder"}
    assert not found.unreadable


def test_a_damaged_file_in_a_folder_is_named_and_costs_only_itself(tmp_path):
    write(tmp_path / "good.csv", CSV)
    write(tmp_path / "pointer.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n")
    found = gather([tmp_path])
    assert len(found.runs) == 1
    assert [one.reason for one in found.unreadable] == ["lfs-pointer"]


def test_a_dvclive_folder_is_one_run(tmp_path):
    for name in ("train/loss", "val/loss", "lr"):
        rows = "".join(f"{i}\t{1 / (i + 1)}\n" for i in range(10))
        write(tmp_path / "dvclive" / "plots" / "metrics" / f"{name}.tsv", f"step\t{Path(name).name}\n{rows}")
    write(tmp_path / "dvclive" / "metrics.json", '{"train": {"loss": 0.1}, "step": 9}')
    found = gather([tmp_path])
    (run,) = found.runs
    assert {"train/loss", "val/loss", "lr"} <= set(run.series)


def test_checkpoints_of_one_training_are_one_run(tmp_path):
    rows = [{"step": i * 10, "epoch": i / 10, "loss": 1 / (i + 1)} for i in range(30)]
    for last in (10, 20, 30):
        write(tmp_path / f"checkpoint-{last * 10}" / "trainer_state.json", json.dumps({"log_history": rows[:last]}))
    (run,) = gather([tmp_path]).runs
    assert run.points == 30
    (alone,) = gather([tmp_path / "checkpoint-100"]).runs
    assert alone.points == 10


def test_a_packed_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(discover, "MAX_UNPACKED", 1 << 20)
    assert reason_of(write(tmp_path / "log.csv.gz", gzip.compress(b"0" * (1 << 22)))) == "too-large"


def test_a_huge_document_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "log.json"
    with path.open("wb") as file:
        file.write(b'{"loss": [')
        file.truncate(2 << 30)  # a hole: no disk is used
    assert reason_of(path) in ("too-large", "binary")


def test_a_fault_of_a_reader_is_said_and_costs_only_that_log(tmp_path, monkeypatch):
    def broken(_path):
        raise ZeroDivisionError("oops")

    readers = tuple(r.__class__(r.format, r.sniff, broken) if r.format == "json" else r for r in discover.READERS)
    monkeypatch.setattr(discover, "READERS", readers)
    write(tmp_path / "a.json", '{"loss": [1, 2]}')
    write(tmp_path / "b.csv", CSV)
    found = gather([tmp_path])
    assert len(found.runs) == 1
    assert [one.reason for one in found.unreadable] == ["reader-failed"]


def test_progress_is_told_for_every_log(tmp_path):
    told = []
    gather([write(tmp_path / "log.csv", CSV)], progress=lambda *args: told.append(args))
    assert told[0][1] == 0
    assert told[-1][1] == told[-1][2] == len(CSV)


REASONS = "missing empty binary not-a-log no-curve no-logs-in-folder lfs-pointer no-permission cannot-read not-a-file too-large damaged-archive damaged-json reader-failed"


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_reason_has_its_words(lang):
    words = catalogue(lang)
    for reason in REASONS.split():
        said = words.ui(f"unreadable.{reason}", count=3, limit=5, error="x")
        assert not said.startswith("unreadable.")
        assert "{" not in said
    english, here = (set(catalogue(one).table("skipped")) for one in ("en", lang))
    assert english == here


def test_what_was_watched_is_a_run_though_it_logged_no_number(tmp_path):
    with Journal(tmp_path / "journal.lcj") as journal:
        journal.append([Fact("watched", value=True), Event("loop", 0.0, {"forwards": 3, "backwards": 0})])
    (run,) = gather([tmp_path]).runs
    assert run.happened("loop")
    with Journal(tmp_path / "other.lcj") as journal:
        journal.append([Event("loop", 0.0)])
    assert reason_of(tmp_path / "other.lcj") == "no-curve"
