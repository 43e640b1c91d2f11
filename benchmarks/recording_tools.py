"""The ways of recording a training loop's numbers that `bench_record` compares, each behind the same two calls."""

import importlib.util
import json
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from losscompass.evidence.journal import read as read_journal
from losscompass.evidence.recorder import Recorder
from losscompass.evidence.records import Record, Scalar, ScalarBlock
from losscompass.readers import tensorboard, wandb_offline

Log = Callable[..., None]  # the step, and a number for each name
Opened = tuple[Log, Callable[[], None]]  # log one step; end


@dataclass(frozen=True)
class Tool:
    """`count(folder)`: the numbers of the first name that can be read from what was written there."""

    title: str
    open: Callable[[Path, Sequence[str]], Opened]
    count: Callable[[Path, str], int]
    needs: str = ""  # the package without which it is left out
    steps: int = 100_000  # of one scalar, in the speed test
    kill_before: int = 20_000  # steps at most, before it is killed

    @property
    def there(self) -> bool:
        return not self.needs or importlib.util.find_spec(self.needs) is not None


def _nothing(_: Path, __: Sequence[str]) -> Opened:
    def log(_: int, *__: float) -> None:
        pass

    return log, (lambda: None)


def _ours(folder: Path, names: Sequence[str]) -> Opened:
    recorder = Recorder(folder / "journal.lcj")
    return recorder.layout(names), recorder.close


def _jsonl(folder: Path, names: Sequence[str]) -> Opened:
    from time import time

    file = (folder / "log.jsonl").open("ab")
    if importlib.util.find_spec("orjson") is None:

        def dumps(data: dict) -> bytes:
            return json.dumps(data).encode()
    else:
        from orjson import dumps

    def log(step: int, *values: float) -> None:
        file.write(dumps({"step": step, "time": time(), **dict(zip(names, values, strict=True))}) + b"\n")
        file.flush()

    return log, file.close


def _tensorboard(folder: Path, names: Sequence[str]) -> Opened:
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(folder))

    def log(step: int, *values: float) -> None:
        for name, value in zip(names, values, strict=True):
            writer.add_scalar(name, value, step)

    return log, writer.close


def _wandb(folder: Path, names: Sequence[str]) -> Opened:
    os.environ |= {"WANDB_SILENT": "true", "WANDB_MODE": "offline", "WANDB_DISABLE_GIT": "true", "WANDB_CONSOLE": "off"}
    import wandb

    run = wandb.init(mode="offline", dir=str(folder), project="bench", settings=wandb.Settings(x_disable_stats=True))

    def log(step: int, *values: float) -> None:
        run.log(dict(zip(names, values, strict=True)), step=step)

    return log, run.finish


def _trackio(folder: Path, names: Sequence[str]) -> Opened:
    os.environ |= {"TRACKIO_DIR": str(folder)}
    import trackio

    trackio.init(project="bench", embed=False)

    def log(step: int, *values: float) -> None:
        trackio.log(dict(zip(names, values, strict=True)), step=step)

    return log, trackio.finish


def _mlflow(folder: Path, names: Sequence[str]) -> Opened:
    os.environ |= {"MLFLOW_ALLOW_FILE_STORE": "true"}
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    import mlflow

    mlflow.set_tracking_uri((folder / "mlruns").as_uri())
    mlflow.start_run()

    def log(step: int, *values: float) -> None:
        mlflow.log_metrics(dict(zip(names, values, strict=True)), step=step)

    return log, mlflow.end_run


def _points(records: Sequence[Record], name: str) -> int:
    blocks = sum(len(one.value) for one in records if isinstance(one, ScalarBlock) and one.name == name)
    return blocks + sum(isinstance(one, Scalar) and one.name == name for one in records)


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.rglob(pattern))


def _lines(folder: Path, _: str) -> int:
    count = 0
    for line in (folder / "log.jsonl").read_bytes().splitlines():
        try:
            json.loads(line)
            count += 1
        except ValueError:
            pass
    return count


def _trackio_rows(folder: Path, _: str) -> int:
    import sqlite3

    count = 0
    for path in _files(folder, "*.db"):
        with sqlite3.connect(path) as store:
            count += store.execute("SELECT COUNT(*) FROM metrics").fetchone()[0]
    return count


def _counted(reader: Callable[[Path], object], pattern: str) -> Callable[[Path, str], int]:
    return lambda folder, name: sum(_points(list(reader(path)), name) for path in _files(folder, pattern))


TOOLS = {
    "nothing": Tool("nothing (the loop alone)", _nothing, lambda _, __: 0),
    "losscompass": Tool("losscompass", _ours, _counted(read_journal, "*.lcj"), kill_before=50_000),
    "jsonl": Tool("JSON lines, flushed each step", _jsonl, _lines),
    "tensorboard": Tool(
        "torch SummaryWriter",
        _tensorboard,
        _counted(tensorboard.READER.read, "events.out.*"),
        needs="tensorboard",
        steps=10_000,
    ),
    "wandb": Tool(
        "W&B, offline",
        _wandb,
        _counted(wandb_offline.READER.read, "*.wandb"),
        needs="wandb",
        steps=4000,
        kill_before=4000,
    ),
    "trackio": Tool("trackio", _trackio, _trackio_rows, needs="trackio", steps=10_000, kill_before=4000),
    "mlflow": Tool(
        "MLflow, file store",
        _mlflow,
        lambda folder, name: sum(
            len(path.read_bytes().splitlines()) for path in _files(folder, name) if "metrics" in path.parts
        ),
        needs="mlflow",
        steps=500,
        kill_before=300,
    ),
}
