"""A program that is watched leaves, bit for bit, what it leaves by itself: output, exit code, parameters, random states."""

import os
from pathlib import Path

import pytest
from ways import PROGRAMS, THREADS, Stage, seen, watched_run

LOSSES = {
    # program: (training, validation) points that its journal must have: what is watched is really seen
    "plain_loop": (24, 4),
    "functions_and_classes": (12, 0),
    "lbfgs_closure": (6, 0),
    "accumulation": (10, 0),
    "checkpointed": (9, 0),
    "compiled": (11, 0),
    "data_parallel": (12, 0),
    "double_precision": (12, 0),
    "ema_schedulers": (20, 4),
    "forking": (8, 0),
    "functional_transforms": (4, 0),
    "iterable": (15, 3),
    "lstm_clipping": (10, 0),
    "os_exit": (3, 0),
    "subclass": (8, 0),
    "unusual": (8, 0),
}
CODES = {"sys_exit": 3, "os_exit": 4, "errors": 1}


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    made = Stage(tmp_path_factory.mktemp("runs"), {**os.environ, "PYTHONWARNINGS": "default"})
    yield made
    made.close()


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_same_to_the_last_bit(stage, program):
    runs = stage.run(program)
    for threads in THREADS:
        plain, watched = runs[False, threads], runs[True, threads]
        assert watched.code == plain.code == CODES.get(program, 0), plain.err.decode()[-1000:]
        assert watched.out == plain.out
        if program == "errors":  # a frame of ours, by a name that shows whose it is, stands before torch's own
            assert users_part(watched.err) == users_part(plain.err)
        else:
            assert watched.err == plain.err
        assert watched.files == plain.files
        assert plain.files
        told = stage.seen(program, threads)
        assert [event.data for event in told.named("probe-off")] == []
    if program in LOSSES:
        found = stage.seen(program).scalars
        validated = [name for name in found if name in {"val/loss", "test/loss"}]
        assert (len(found["train/loss"]), sum(len(found[name]) for name in validated)) == LOSSES[program]


def test_what_is_recorded_is_what_the_program_printed(stage):
    runs = stage.run("plain_loop") if not (stage.folder / "plain_loop").exists() else None
    assert runs is None or runs[True, 1].code == 0
    printed = (stage.folder / "plain_loop" / "watched-1.stdout").read_text().splitlines()
    told = stage.seen("plain_loop").scalars
    assert told["train/loss"] == [float(line.split()[1]) for line in printed if not line.startswith("val")]
    assert told["val/loss"] == pytest.approx([float(line.split()[1]) for line in printed if line.startswith("val")])


@pytest.mark.parametrize("program", ["forking", "warned", "sys_exit"])
def test_as_a_user_types_it(tmp_path, program):
    """The whole way, through `losscompass run` and a Python of its own, where nothing was imported before."""
    plain, watched = (watched_run(tmp_path, program, watched=watched) for watched in (False, True))
    assert (watched.code, watched.out, watched.err, watched.files) == (plain.code, plain.out, plain.err, plain.files)
    (journal,) = tmp_path.glob("watched/.losscompass/*/journal.lcj")
    assert seen(journal).scalars["train/loss"]


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize(
    "example", sorted((Path(__file__).parents[2] / "examples").glob("*.py")), ids=lambda path: path.stem
)
def test_the_examples(tmp_path, example, threads):
    plain, watched = (watched_run(tmp_path, example, watched=watched, threads=threads) for watched in (False, True))
    assert (watched.code, watched.out, watched.err, watched.files) == (plain.code, plain.out, plain.err, plain.files)
    assert plain.out or plain.files


def users_part(err):
    """Without the frames that are not the program's."""
    lines = err.decode().splitlines()
    return [line for line in lines if not line.startswith(" ") or (line.startswith("  File") and "/programs/" in line)]
