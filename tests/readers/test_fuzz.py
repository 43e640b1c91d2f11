"""Every reader on damaged bytes: a reason or records, never another exception, never a hang, never more than its input.

The seeds are small logs of every format, written here; each is then cut, flipped, doubled and spliced by hypothesis. Where
the labelled logs are at hand, their bytes are damaged as well.
"""

import contextlib
import faulthandler
import json
import os
import random
import sqlite3
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_wandb_offline import log as wandb_log
from test_wandb_offline import row as wandb_row
from tfevents_by_hand import event, frame, scalar, version

from losscompass.evidence.journal import Journal
from losscompass.evidence.records import Event, Fact, Scalar, ScalarBlock, Skipped
from losscompass.readers.all import READERS
from losscompass.readers.base import UnreadableError
from losscompass.readers.discover import gather
from losscompass.readers.head import head_of

LOGS = Path(os.environ.get("LOSSCOMPASS_LOGS", Path(__file__).parents[2].parent / "shared" / "logs"))
HANG = 120.0  # seconds after which the process says where it stands and ends
FEW = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))

noise = random.Random(7)
LOSSES = [2.3 * (i + 1) ** -0.3 + noise.gauss(0, 0.02) for i in range(40)]


def _lines(pattern):
    return "".join(
        pattern.format(e=i // 4, i=i, loss=loss, val=loss * 1.1, acc=1 - loss / 3) for i, loss in enumerate(LOSSES)
    ).encode()


def _journal():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.lcj"
        with contextlib.closing(Journal(path)) as journal:
            for i, loss in enumerate(LOSSES):
                journal.append([Scalar("train/loss", float(i), loss)])
        return path.read_bytes()


def _database():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mlflow.db"
        db = sqlite3.connect(path)
        db.executescript("""
            CREATE TABLE runs (run_uuid TEXT PRIMARY KEY, name TEXT, lifecycle_stage TEXT, start_time INTEGER);
            CREATE TABLE metrics (key TEXT, value REAL, timestamp INTEGER, run_uuid TEXT, step INTEGER, is_nan BOOLEAN);
            CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT);
            INSERT INTO runs VALUES ('r1', 'fox', 'active', 9);
        """)
        db.executemany(
            "INSERT INTO metrics VALUES ('loss', ?, 1, 'r1', ?, 0)", [(loss, i) for i, loss in enumerate(LOSSES)]
        )
        db.commit()
        db.close()
        return path.read_bytes()


STATE = {"epoch": 3.0, "log_history": [{"step": i, "loss": loss, "epoch": i / 10} for i, loss in enumerate(LOSSES)]}
HISTORY = {
    "loss": LOSSES,
    "val_loss": [loss * 1.1 for loss in LOSSES],
    "lr": {"0": 0.1, "1": 0.01},
    "nested": {"train": {"f1": LOSSES}},
}
BOOST = {
    "meta": {"learn_metrics": [{"name": "Logloss"}], "test_metrics": [{"name": "AUC"}]},
    "iterations": [{"iteration": i, "learn": [loss], "test": [1 - loss]} for i, loss in enumerate(LOSSES)],
}
SEEDS = {
    "tensorboard": frame(version()) + b"".join(frame(event(scalar("loss", x), step=i)) for i, x in enumerate(LOSSES)),
    "tensorboard-tensor": frame(version())
    + b"".join(frame(event(scalar("loss", x, form="float"), step=i)) for i, x in enumerate(LOSSES)),
    "wandb": wandb_log([wandb_row(i, loss=x, acc=1 - x) for i, x in enumerate(LOSSES)])[0],
    "journal": _journal(),
    "mlflow-metric": _lines("170000000{i:04d} {loss} {i}\n"),
    "mlflow-database": _database(),
    "csv": b"epoch,step,loss,val_loss\n" + _lines("{e},{i},{loss},{val}\n"),
    "csv-sparse": b"epoch,step,loss,val_loss\n" + _lines("{e},{i},{loss},\n{e},{i},,{val}\n"),
    "csv-quoted": b'"epoch","loss","note"\n' + _lines('"{i}","{loss}","a, b"\n'),
    "csv-padded": b"   epoch,     train/box_loss,   val/box_loss\n" + _lines("   {i},    {loss:.5g},    {val:.5g}\n"),
    "tsv": b"iter\tLogloss\n" + _lines("{i}\t{loss}\n"),
    "semicolon": b"Epoche;Verlust\n" + _lines("{i};{loss:.4f}\n").replace(b".", b","),
    "monitor": b'#{"t_start": 1.0, "env_id": "x"}\nr,l,t\n' + _lines("{loss},{i},{val}\n"),
    "utf-16": ("epoch,損失\n" + _lines("{i},{loss}\n").decode()).encode("utf-16"),
    "shift-jis": ("エポック,損失\n" + _lines("{i},{loss}\n").decode()).encode("shift_jis"),
    "trainer-state": json.dumps(STATE, indent=1).encode(),
    "history": json.dumps(HISTORY).encode(),
    "catboost": json.dumps(BOOST).encode(),
    "jsonl": _lines(
        '{{"epoch": {e}, "iter": {i}, "mode": "train", "loss": {loss}, "x": {{"num": 1, "mean": {acc}}}}}\n'
    ),
    "keras-stdout": _lines("Epoch {i}/40\n10/10 [====] - 1s 3ms/step - loss: {loss:.4f} - val_loss: {val:.4f}\n"),
    "printed": _lines("\x1b[32mINFO\x1b[0m epoch {e} iter {i}: loss {loss:.4f}, acc={acc:.1%}\r\n"),
    "printed-dicts": _lines("{{'loss': {loss}, 'learning_rate': 1e-05, 'epoch': {i}}}\n"),
    "printed-table": _lines("| step | {i} |\n| loss | {loss:.3g} |\n------------\n"),
}
HOSTILE = [
    *(
        b"nan",
        b"NaN",
        b"inf",
        b"-1e999",
        b"1e400",
        b"9" * 400,
        b"0x",
        b"\0",
        b"\0" * 300,
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\r",
    ),
    *(
        b"{",
        b"[" * 2000,
        b'{"a":' * 2000,
        b'"',
        b"'",
        b",,,,,",
        b";" * 50,
        b"\n" * 50,
        b"\r\n",
        b"\t",
        b" " * 500,
        b"-",
        b"e",
        b".",
    ),
    *(
        b"<script>",
        b"=cmd()",
        b"../../etc/passwd",
        b"\x1b]0;x\x07",
        b"{0.__class__}",
        b"%s%n",
        b"#",
        b"<<<<<<< HEAD\n",
        b"=======\n",
    ),
    *(
        b"\x80",
        b"\xff" * 9,
        b"\x7f" * 9,
        "損失".encode(),
        "％".encode(),
        b"100%|####",
        b"it/s]",
        b"Epoch 1/1",
        b"loss: ",
        b"step",
        b"version https://git-lfs",
    ),
]


@st.composite
def damaged(draw, seeds):
    """One of the seeds after a few accidents."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        size = draw(st.integers(1, 64))
        match draw(st.sampled_from(("flip", "drop", "insert", "double", "cut", "splice", "move"))):
            case "flip" if data:
                data[at] = draw(st.integers(0, 255))
            case "drop":
                del data[at : at + size]
            case "insert":
                data[at:at] = draw(st.one_of(st.sampled_from(HOSTILE), st.binary(max_size=20)))
            case "double":
                data[at:at] = data[at : at + size * 8]
            case "cut":
                del data[at:]
            case "splice":
                other = draw(st.sampled_from(seeds))
                start = draw(st.integers(0, max(len(other) - 1, 0)))
                data[at : at + size] = other[start : start + size * 4]
            case "move":
                piece = data[at : at + size]
                del data[at : at + size]
                data += piece
    return bytes(data)


@pytest.fixture(autouse=True)
def watched():
    """A hang is a failure that says where it happened."""
    faulthandler.dump_traceback_later(HANG, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


def check(reader, path):
    """Read `path` with `reader`, whatever it is, and hold the records to what a reader promises."""
    held = 0
    size = path.stat().st_size
    try:
        for record in reader.read(path):
            assert isinstance(record, (Scalar, ScalarBlock, Event, Fact, Skipped))
            if isinstance(record, ScalarBlock):
                assert record.step.shape == record.value.shape == (record.value.size,)
                assert record.step.dtype == record.value.dtype == np.float64
                for beside in (record.epoch, record.time):
                    assert beside is None or beside.shape == record.value.shape
                held += record.value.nbytes
            elif isinstance(record, Skipped):
                assert record.count > 0
        assert held <= 64 * size + (1 << 20), "more numbers than the file can hold"
    except UnreadableError as error:
        assert error.reason  # noqa: PT017 - the reason is all there is to look at


def write(data):
    with tempfile.NamedTemporaryFile(delete=False, prefix="fuzz-", suffix=".log") as file:
        file.write(data)
    return Path(file.name)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.format)
@FEW
@given(data=damaged(list(SEEDS.values())))
def test_a_reader_forced_on_any_bytes(reader, data):
    path = write(data)
    try:
        if not reader.claims or path.is_file():
            reader.sniff(head_of(path))
        if reader.format not in ("dvclive", "hf-folder", "numbered-json"):  # those read folders
            check(reader, path)
    finally:
        path.unlink()


@pytest.mark.parametrize("name", SEEDS)
def test_a_seed_is_a_log(name):
    path = write(SEEDS[name])
    try:
        found = gather([path])
        assert found.runs, [(one.reason, dict(one.values)) for one in found.unreadable]
    finally:
        path.unlink()


@pytest.mark.parametrize("name", SEEDS)
@FEW
@given(data=st.data())
def test_the_walk_on_damaged_logs(name, data):
    path = write(data.draw(damaged([SEEDS[name], *list(SEEDS.values())])))
    try:
        found = gather([path])
        assert found.runs or len(found.unreadable) == 1
        for one in found.unreadable:
            assert one.reason != "reader-failed", dict(one.values)
    finally:
        path.unlink()


@FEW
@given(data=st.binary(max_size=3000))
def test_the_walk_on_noise(data):
    path = write(data)
    try:
        assert all(one.reason != "reader-failed" for one in gather([path]).unreadable)
    finally:
        path.unlink()


@FEW
@given(
    names=st.lists(st.text("ab./\\<>&\"'=+-@|\x1b\u202e\n\r損{}%$ 0", min_size=1, max_size=12), min_size=1, max_size=6)
)
def test_hostile_names_stay_text(names):
    rows = [{"step": i, **dict.fromkeys(names, i / 7), "loss": 1 / (i + 1)} for i in range(8)]
    path = write("".join(json.dumps(row) + "\n" for row in rows).encode())
    try:
        found = gather([path])
        for run in found.runs:
            for name in (*run.series, *(series.raw for series in run.series.values())):
                assert isinstance(name, str)
        assert all(one.reason != "reader-failed" for one in found.unreadable), found.unreadable
    finally:
        path.unlink()


@pytest.mark.logs
@pytest.mark.skipif(not LOGS.is_dir(), reason=f"the labelled logs are not at {LOGS}")
@settings(FEW, max_examples=60)
@given(data=st.data())
def test_the_walk_on_damaged_labelled_logs(data):
    files = sorted(path for path in LOGS.rglob("*") if path.is_file() and path.stat().st_size < 60_000)
    path = write(data.draw(damaged([data.draw(st.sampled_from(files)).read_bytes()])))
    try:
        found = gather([path])
        assert all(one.reason != "reader-failed" for one in found.unreadable), found.unreadable
    finally:
        path.unlink()
