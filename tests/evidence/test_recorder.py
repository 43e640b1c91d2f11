"""The recorder: what a call has recorded is in the file when it returns, whatever happens next; and nothing ever raises."""

import math
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from losscompass.evidence import packing, unpacking
from losscompass.evidence import recorder as recorder_module
from losscompass.evidence.frames import MAGIC
from losscompass.evidence.journal import Journal, Tail, read
from losscompass.evidence.recorder import Recorder
from losscompass.evidence.records import Event, Fact, Place, Scalar, ScalarBlock, Skipped, TensorStat

HERE = Path(__file__).parent
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run" / "journal.lcj"


def values(records, name="loss"):
    """Step and value of every point of one name."""
    found = []
    for record in records:
        if isinstance(record, Scalar) and record.name == name:
            found.append((record.step, record.value))
        elif isinstance(record, ScalarBlock) and record.name == name:
            found += zip(record.step.tolist(), record.value.tolist(), strict=True)
    return found


def skipped(records):
    return [record for record in records if isinstance(record, Skipped)]


def python(code, *arguments):
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)


def test_it_loads_nothing_but_the_standard_library(path):
    code = """
import sys
from losscompass.evidence.recorder import Recorder
with Recorder(sys.argv[1]) as recorder:
    recorder.layout(["loss"])(0, 1.0)
    recorder.event("run-start", 0, {"name": "first"}, {"at": ("train.py", 3, "fit()", "main")})
    recorder.fact("framework", "torch")
    recorder.tensor("weight", "gradient", 1, {"norm": 0.5})
    recorder.scalar("val", 1, 0.5)
own = {name for name in sys.modules if name.partition(".")[0] == "losscompass"}
print(sorted(own))
print(sorted(name for name in ("numpy", "jaxtyping", "rich", "click", "torch") if name in sys.modules))
"""
    ran = python(code, str(path))
    own = "['losscompass', 'losscompass.evidence', 'losscompass.evidence.frames', 'losscompass.evidence.packing', 'losscompass.evidence.recorder']"
    assert (ran.returncode, ran.stdout.splitlines()) == (0, [own, "[]"]), ran.stderr
    assert len(list(read(path))) == 5


def test_every_kind_of_record_is_read_as_it_was_given(path):
    column = memoryview(np.arange(3.0).tobytes())
    with Recorder(path) as recorder:
        recorder.event("run-start", 0, {"name": "a", "shape": (3, 4)}, {"at": ("train.py", 3, "fit()", "main")})
        recorder.event("end")
        recorder.fact("threads", 2)
        recorder.tensor("w", "update", 4, {"norm": math.inf})
        recorder.scalar("val", 3, 0.5, axis="epoch", epoch=3.0, time=1.7e9, rank=2)
        recorder.skipped("not-a-number", 3, "line 2")
        recorder.block("x", [column, column, None, column])
        assert (recorder.dropped, recorder.stopped) == (0, None)
    *rare, block = read(path)
    assert rare == [
        Event("run-start", 0, {"name": "a", "shape": (3, 4)}, {"at": Place("train.py", 3, "fit()", "main")}),
        Event("end"),
        Fact("threads", 2),
        TensorStat("w", "update", 4, {"norm": math.inf}),
        Scalar("val", 3, 0.5, axis="epoch", epoch=3.0, time=1.7e9, rank=2),
        Skipped("not-a-number", 3, "line 2"),
    ]
    np.testing.assert_array_equal(block.time, np.arange(3.0))


def test_the_axes_are_those_of_the_records():
    assert packing.AXES == unpacking._AXES


def test_rows_bear_their_names_and_the_time_of_the_call(path, monkeypatch):
    with Recorder(path) as recorder:
        row = recorder.layout(("loss", "損失"), axis="epoch", rank=3)
        row(1, math.nan, -math.inf)
        row(2.5, 7, True)
    first, second, *rest = read(path)
    assert math.isnan(first.value)
    assert (first.name, first.step, first.axis, first.rank) == ("loss", 1.0, "epoch", 3)
    assert (second.name, second.value) == ("損失", -math.inf)
    assert [one.value for one in rest] == [7.0, 1.0]
    assert 0 <= path.stat().st_mtime - first.time < 60


def test_many_rows_are_blocks_and_no_point_is_lost_between_windows(path, monkeypatch):
    monkeypatch.setattr(recorder_module, "WINDOW", 4096)
    count = 20_000
    with Recorder(path) as recorder:
        row, rare = recorder.layout(["loss", "lr"]), recorder.layout(["norm"])
        for step in range(count):
            row(step, step * 0.5, 0.1)
            if step % 10 == 0:
                rare(step, -step)
            if step % 5000 == 0:
                recorder.event("act", step)
    found = list(read(path))
    assert values(found) == [(step, step * 0.5) for step in range(count)]
    assert values(found, "norm") == [(step, -step) for step in range(0, count, 10)]
    assert [one.step for one in found if isinstance(one, Event)] == list(range(0, count, 5000))
    assert not skipped(found)
    assert len(found) < count / 4


def test_the_space_that_was_not_used_is_given_back(path):
    with Recorder(path) as recorder:
        recorder.layout(["loss"])(0, 1.0)
        position = recorder.position
        assert path.stat().st_size == len(MAGIC) + recorder_module.WINDOW
    assert path.stat().st_size == position == recorder.position


def test_memory_does_not_grow_with_the_run(path):
    code = """
import resource, sys
from losscompass.evidence.recorder import Recorder
with Recorder(sys.argv[1]) as recorder:
    row = recorder.layout(["loss", "lr"])
    for step in range(20_000):
        row(step, 0.5, 0.1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for step in range(1_000_000):
        row(step, 0.5, 0.1)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    ran = python(code, str(path))
    assert int(ran.stdout) < 1024, ran.stderr  # KiB; the journal itself has 44 MB
    assert path.stat().st_size > 40e6


def test_the_same_names_give_the_same_row(path):
    with Recorder(path) as recorder:
        assert recorder.layout(["a", "b"]) is recorder.layout(("a", "b"))
        assert recorder.layout(["a"]) is not recorder.layout(["a"], rank=1)


def test_what_is_no_number_is_dropped_and_counted(path):
    with Recorder(path) as recorder:
        row = recorder.layout(["loss", "lr"])
        for wrong in ((0, "text", 1.0), (0, None, 1.0), (0, 1.0), (None, 1.0, 1.0), (0, 10**400, 1.0)):
            row(*wrong)
        assert recorder.dropped == 10
        recorder.layout([])(0)
        recorder.layout([3])(0, 1.0)
        recorder.layout(None)(0, 1.0)
        recorder.layout(["loss"], axis="hour")(0, 1.0)
        assert recorder.dropped == 13
        recorder.event(None, object())
        recorder.event("x", 0, {"a": object()}, {"at": 3})
        recorder.event("x" * (1 << 20))
        recorder.tensor("w", "weight", 0, None)
        recorder.block("x", [None, None, None, None])
        assert recorder.dropped == 18
        row(0, 1.0, 2.0)
    assert [(one.name, one.value) for one in read(path)] == [("loss", 1.0), ("lr", 2.0)]


@pytest.mark.parametrize("mapping", [True, False])
def test_threads_do_not_get_in_each_others_way(path, mapping):
    each, count = 3000, 4
    recorder = Recorder(path)
    recorder._mapping = mapping

    def work(number):
        row = recorder.layout([f"thread {number}"])
        for step in range(each):
            row(step, step)
            if step % 100 == 0:
                recorder.event("mark", step, {"thread": number})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    recorder.close()
    found = list(read(path))
    for number in range(count):
        assert values(found, f"thread {number}") == [(step, step) for step in range(each)]
    assert sum(isinstance(one, Event) for one in found) == count * each / 100
    assert not skipped(found)


@needs_fork
def test_a_forked_child_leaves_the_journal_to_its_parent(path):
    code = """
import os, sys
from losscompass.evidence.recorder import Recorder
recorder = Recorder(sys.argv[1])
row = recorder.layout(["loss"])
row(0, 1.0)
child = os.fork()
if not child:
    row(99, 99.0)
    recorder.event("child")
    recorder.close()
    os._exit(0 if recorder.dropped == 2 and "fork" in recorder.stopped else 1)
assert os.waitpid(child, 0)[1] == 0
row(1, 2.0)
assert recorder.stopped is None
recorder.close()
"""
    ran = python(code, str(path))
    assert ran.returncode == 0, ran.stderr
    assert values(read(path)) == [(0, 1.0), (1, 2.0)]


@needs_fork
def test_a_fork_in_the_middle_of_another_threads_record_leaves_no_lock_behind(path):
    code = """
import os, sys, threading
from losscompass.evidence.recorder import Recorder
recorder = Recorder(sys.argv[1])
row = recorder.layout(["loss"])
ended = threading.Event()
def work():
    while not ended.is_set():
        row(0, 1.0)
thread = threading.Thread(target=work)
thread.start()
for _ in range(50):
    child = os.fork()
    if not child:
        row(1, 2.0)
        os._exit(0)
    os.waitpid(child, 0)
ended.set()
thread.join()
recorder.close()
"""
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", code, str(path)], timeout=120, check=False)
    assert ran.returncode == 0
    assert {value for _, value in values(read(path))} == {1.0}


def test_a_handler_of_a_signal_may_record_in_the_middle_of_a_record(path):
    with Recorder(path) as recorder:
        row = recorder.layout(["loss"])
        handled = []

        def handler(*_):
            row(-1, 5.0)
            recorder.event("signal")
            handled.append(1)

        old = signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)
        try:
            step = 0
            while len(handled) < 50:
                row(step, 1.0)
                step += 1
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, old)
        dropped = recorder.dropped
    found = list(read(path))
    assert sorted(at for at, value in values(found) if value == 1.0) == list(range(step))
    assert (
        sum(value == 5.0 for _, value in values(found)) + sum(isinstance(one, Event) for one in found)
        == 2 * len(handled) - dropped
    )
    assert not skipped(found)


@pytest.mark.parametrize("mapping", [True, False])
def test_a_limit_of_the_files_size_ends_the_recording(path, mapping):
    code = """
import resource, sys
from losscompass.evidence.recorder import Recorder
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
recorder = Recorder(sys.argv[1])
recorder._mapping = sys.argv[2] == "True"
row = recorder.layout(["loss"])
for step in range(20_000):
    row(step, 1.0)
print(recorder.dropped, bool(recorder.stopped), sep="\\n")
"""
    ran = python(code, str(path), str(mapping))
    dropped, stopped = ran.stdout.split()
    found = list(read(path))
    assert stopped == "True", ran.stderr
    assert path.stat().st_size <= 400_000
    assert values(found) == [(step, 1.0) for step in range(20_000 - int(dropped))]
    assert len(values(found)) > 390_000 / 36 - 5
    assert len(skipped(found)) == (0 if mapping else 1)


def test_a_file_that_cannot_be_mapped_is_written_record_by_record(path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(19, "No such device")

    monkeypatch.setattr(recorder_module.mmap, "mmap", refuse)
    with Recorder(path) as recorder:
        row = recorder.layout(["loss"])
        row(0, 1.0)
        assert path.stat().st_size == recorder.position
        recorder.event("act")
        row(1, 2.0)
    assert values(read(path)) == [(0, 1.0), (1, 2.0)]
    assert not skipped(read(path))


def test_a_folder_that_vanishes_ends_the_recording(path, monkeypatch):
    monkeypatch.setattr(recorder_module, "WINDOW", 4096)
    recorder = Recorder(path)
    row = recorder.layout(["loss"])
    row(0, 1.0)
    shutil.rmtree(path.parent)
    for step in range(1000):
        row(step, 1.0)
    assert recorder.stopped
    assert recorder.dropped > 800
    recorder.close()
    assert not path.parent.exists()


def test_nothing_is_recorded_behind_the_end(path):
    recorder = Recorder(path)
    row = recorder.layout(["loss", "lr"])
    recorder.close()
    recorder.close()
    row(0, 1.0, 1.0)
    recorder.event("late")
    recorder.layout(["later"])(0, 1.0)
    assert (recorder.stopped, recorder.dropped) == ("closed", 4)
    assert list(read(path)) == []


def test_two_recorders_of_one_file_fill_windows_of_their_own(path, monkeypatch):
    monkeypatch.setattr(recorder_module, "WINDOW", 4096)
    tail = Tail(path)
    followed = []
    with Recorder(path) as one, Recorder(path) as two:
        rows = one.layout(["one"]), two.layout(["two"])
        for step in range(500):
            for row in rows:
                row(step, step)
            followed += tail.read()
    followed += tail.read()
    for found in (followed, list(read(path))):
        assert values(found, "one") == values(found, "two") == [(step, step) for step in range(500)]
        assert not skipped(found)


def test_another_process_reads_each_record_as_soon_as_it_is_recorded(path):
    code = """
import sys
from losscompass.evidence.journal import Tail
tail = Tail(sys.argv[1])
for _ in sys.stdin:
    print(*(f"{one.name}={one.value}" for one in tail.read()), flush=True)
"""
    with (
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as reader,
        Journal(path) as journal,
    ):
        row = journal.layout(["loss", "lr"])

        def seen():
            reader.stdin.write("\n")
            reader.stdin.flush()
            return reader.stdout.readline().split()

        for step in range(20):
            row(step, float(step), 0.5)
            assert seen() == [f"loss={float(step)}", "lr=0.5"]
            journal.append([Fact("step", step), Fact("next", step + 1)])
            assert seen() == [f"step={step}", f"next={step + 1}"]
            assert seen() == []
        reader.stdin.close()
        assert reader.wait(timeout=60) == 0


@pytest.mark.parametrize("columns", [1, 10])
def test_a_kill_loses_nothing_that_was_recorded(path, columns):
    dice = random.Random(columns)
    recorded = 0
    for life in range(5):
        until = recorded_in_life = dice.randrange(1, 10_000)
        with subprocess.Popen(
            [sys.executable, str(HERE / "appending_forever.py"), str(path), str(columns)], stdout=subprocess.PIPE
        ) as child:
            acknowledged = child.stdout.read(8 * until)
            child.kill()
            acknowledged += child.stdout.read()
            child.wait()
        recorded_in_life = len(acknowledged) // 8
        assert recorded_in_life >= until
        found = list(read(path))
        for number in range(columns):
            points = values(found, f"value {number}")[recorded:]
            # One more may have been recorded and not yet acknowledged.
            assert len(points) - recorded_in_life in (0, 1)
            assert points == [(step, step + number) for step in range(len(points))]
        recorded += len(points)
        assert not skipped(found), life


def test_a_tail_follows_through_a_kill_and_a_new_life(path):
    tail = Tail(path)
    followed = []
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, str(HERE / "appending_forever.py"), str(path), "1"], stdout=subprocess.PIPE
        ) as child:
            for _ in range(20):
                child.stdout.read(8 * 400)
                followed += tail.read()
            child.kill()
            child.stdout.read()
            child.wait()
    followed += tail.read()
    assert values(followed, "value 0") == values(read(path), "value 0")
    assert len(values(followed, "value 0")) > 3 * 20 * 400
    assert not skipped(followed)


@pytest.mark.parametrize("first", [0, 1])
def test_one_that_ends_cuts_nothing_of_another(path, first):
    both = [Recorder(path), Recorder(path)]
    rows = [recorder.layout([f"of {number}"]) for number, recorder in enumerate(both)]
    for row in rows:
        row(0, 1.0)
    both[first].close()
    size = path.stat().st_size
    rows[1 - first](1, 2.0)
    both[1 - first].close()
    assert size == len(MAGIC) + 2 * recorder_module.WINDOW
    found = list(read(path))
    assert values(found, f"of {first}") == [(0, 1.0)]
    assert values(found, f"of {1 - first}") == [(0, 1.0), (1, 2.0)]
    assert not skipped(found)


def test_a_file_that_another_process_is_cutting_is_not_mapped(path):
    fcntl = pytest.importorskip("fcntl")
    Recorder(path).close()
    with path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with Recorder(path) as recorder:
            recorder.layout(["loss"])(0, 1.0)
            assert recorder.stopped is None
            assert path.stat().st_size == recorder.position
    assert values(read(path)) == [(0, 1.0)]
