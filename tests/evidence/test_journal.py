"""The journal: what was appended is read, up to the last whole frame, whatever happens to the file."""

import errno
import math
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscompass.evidence import recorder as recorder_module
from losscompass.evidence.build import build
from losscompass.evidence.frames import MAGIC
from losscompass.evidence.journal import Journal, Tail, merge, read
from losscompass.evidence.records import Event, Fact, Place, Scalar, ScalarBlock, Skipped, TensorStat
from losscompass.readers.base import Head
from losscompass.readers.journal import READER

TEXT = st.text(max_size=20)
FLOAT = st.floats(allow_nan=True)
ANY = st.one_of(TEXT, FLOAT, st.integers(), st.booleans())
AXES = st.sampled_from(("step", "epoch", "row"))


@st.composite
def blocks(draw):
    size = draw(st.integers(0, 5))
    of = st.lists(FLOAT, min_size=size, max_size=size).map(lambda v: np.array(v, dtype=float))
    return ScalarBlock(
        draw(TEXT),
        draw(of),
        draw(of),
        axis=draw(AXES),
        epoch=draw(st.one_of(st.none(), of)),
        time=draw(st.one_of(st.none(), of)),
        rank=draw(st.integers(0, 9)),
    )


RECORD = st.one_of(
    st.builds(
        Scalar,
        TEXT,
        FLOAT,
        FLOAT,
        axis=AXES,
        epoch=st.one_of(st.none(), FLOAT),
        time=st.one_of(st.none(), FLOAT),
        rank=st.integers(0, 1000),
    ),
    blocks(),
    st.builds(
        Event,
        TEXT,
        st.one_of(st.none(), FLOAT),
        st.dictionaries(TEXT, st.one_of(ANY, st.none(), st.lists(ANY, max_size=3).map(tuple)), max_size=3),
        st.dictionaries(TEXT, st.builds(Place, TEXT, st.integers(0, 9999), TEXT, TEXT), max_size=2),
    ),
    st.builds(
        TensorStat,
        TEXT,
        st.sampled_from(["weight", "gradient", "update", "activation"]),
        FLOAT,
        st.dictionaries(TEXT, FLOAT, max_size=3),
    ),
    st.builds(Fact, TEXT, ANY),
    st.builds(Skipped, TEXT, st.integers(0, 99), TEXT),
)


def same(one, two):
    """Equal to the last bit: NaN equals NaN, an array its elements."""
    if isinstance(one, np.ndarray):
        return isinstance(two, np.ndarray) and one.dtype == two.dtype and np.array_equal(one, two, equal_nan=True)
    if isinstance(one, float) and isinstance(two, float):
        return (math.isnan(one) and math.isnan(two)) or (one == two and math.copysign(1, one) == math.copysign(1, two))
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(one, tuple):
        return isinstance(two, tuple) and all_same(one, two)
    if hasattr(one, "__slots__") and not isinstance(one, str):
        return type(one) is type(two) and all(same(getattr(one, f), getattr(two, f)) for f in one.__slots__)
    return type(one) is type(two) and one == two


def all_same(one, two):
    return len(one) == len(two) and all(map(same, one, two))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run" / "journal.lcj"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(appends=st.lists(st.lists(RECORD, max_size=5), max_size=5))
def test_every_record_comes_back_as_it_was(path, appends):
    path.unlink(missing_ok=True)
    with Journal(path) as journal:
        for records in appends:
            journal.append(records)
        assert journal.dropped == 0
    assert all_same(list(read(path)), [record for records in appends for record in records])


def steps(count, names=("loss", "val_loss")):
    return [[Scalar(name, step, 1.0 / (step + 1), time=1.7e9 + step) for name in names] for step in range(count)]


def written(path, appends):
    with Journal(path) as journal:
        sizes = [journal.position]
        for records in appends:
            journal.append(records)
            sizes.append(journal.position)
    return path.read_bytes(), sizes


def test_a_journal_cut_at_any_byte_reads_to_its_last_whole_frame(path):
    appends = steps(6)
    data, sizes = written(path, appends)
    for length in range(len(data) + 1):
        path.write_bytes(data[:length])
        whole = sum(size <= length for size in sizes) - 1
        found = list(read(path))
        expected = [record for records in appends[: max(whole, 0)] for record in records]
        if length in (0, *sizes):
            assert found == expected
        else:
            assert found[:-1] == expected
            assert found[-1].reason == "cut-off-last-record"


def test_a_damaged_byte_costs_its_own_frame(path):
    appends = [[Fact(f"fact {n}", n)] for n in range(5)]
    data, sizes = written(path, appends)
    for at in range(len(MAGIC), len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x5A]) + data[at + 1 :])
        hit = sum(size <= at for size in sizes) - 1
        found = list(read(path))
        facts = [one for one in found if isinstance(one, Fact)]
        assert facts == [one for n, records in enumerate(appends) for one in records if n != hit]
        assert [one.count for one in found if isinstance(one, Skipped)] == [1]


def test_a_lost_name_costs_only_until_the_names_are_repeated(path, monkeypatch):
    monkeypatch.setattr(recorder_module, "WINDOW", 256)
    monkeypatch.setattr(recorder_module, "REPEATS", 1)
    data, sizes = written(path, steps(12))
    second = next(
        number for number, size in enumerate(sizes) if size > sizes[0] + 256
    )  # the append that begins a window
    path.write_bytes(data[: sizes[0] + 20] + b"?" + data[sizes[0] + 21 :])
    found = list(read(path))
    lost = sum(one.count for one in found if isinstance(one, Skipped) and one.reason == "unnamed-value")
    assert lost == 2 * (second - 2)
    assert 2 < second < 11
    assert sum(isinstance(one, Scalar) for one in found) == 24 - 2 - lost


def test_a_later_session_goes_on_after_a_crash(path):
    data, _ = written(path, steps(3))
    path.write_bytes(data[:-5])
    with Journal(path) as journal:
        journal.append([Scalar("other name", 9, 0.5)])
    found = list(read(path))
    assert found[-1] == Scalar("other name", 9, 0.5)
    assert [one.reason for one in found if isinstance(one, Skipped)] == ["damaged-record"]
    assert sum(isinstance(one, Scalar) for one in found) == 5


def test_two_writers_of_one_file_keep_their_names_apart(path):
    with Journal(path) as one, Journal(path) as two:
        one.append([Scalar("a", 0, 1.0)])
        two.append([Scalar("b", 0, 2.0)])
        one.append([Scalar("a", 1, 3.0)])
        two.append([Scalar("b", 1, 4.0)])
    # Each fills a window of its own: the order is kept within a writer, as it is within a rank.
    assert [(r.name, r.value) for r in read(path)] == [("a", 1.0), ("a", 3.0), ("b", 2.0), ("b", 4.0)]


def test_tailing_at_any_byte_gives_each_record_once(path):
    appends = steps(5)
    data, _ = written(path, appends)
    path.unlink()
    tail = Tail(path)
    found = tail.read()
    for length in range(len(data) + 1):
        with path.open("ab") as file:
            file.write(data[max(length - 1, 0) : length])
        found += tail.read()
    assert found == [record for records in appends for record in records]


def test_tailing_a_file_that_was_replaced_begins_again(path):
    written(path, steps(3))
    tail = Tail(path)
    assert len(tail.read()) == 6
    path.unlink()
    written(path, steps(1))
    assert len(tail.read()) == 2


@pytest.mark.parametrize("mapping", [True, False])
def test_a_full_disk_ends_the_recording_and_nothing_else(path, monkeypatch, mapping):
    def full(_file, _data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(recorder_module, "WINDOW", 1)  # space for one append at a time
    with Journal(path) as journal:
        journal._mapping = mapping
        journal.append(steps(1)[0])
        monkeypatch.setattr(os, "write", full)
        journal.append(steps(1)[0])
        monkeypatch.undo()
        journal.append(steps(1)[0])
        assert "No space" in journal.stopped
        assert journal.dropped == 4
    assert len(list(read(path))) == 2


def test_a_disk_that_takes_only_a_part_ends_the_recording(path, monkeypatch):
    real = os.write
    with Journal(path) as journal:
        journal._mapping = False
        journal.append(steps(1)[0])
        monkeypatch.setattr(os, "write", lambda file, data: real(file, data[:10]))
        journal.append(steps(1)[0])
        monkeypatch.undo()
        assert journal.stopped
    assert [type(one) for one in read(path)] == [Scalar, Scalar, Skipped]


@pytest.mark.parametrize("place", ["a file/journal", "\0"])
def test_a_journal_that_cannot_be_opened_says_so_and_goes_on(tmp_path, place):
    (tmp_path / "a file").write_text("")
    with Journal(tmp_path / place) as journal:
        journal.append(steps(1)[0])
    assert journal.stopped
    assert journal.dropped == 2


def test_what_is_no_record_is_dropped_and_counted(path):
    with Journal(path) as journal:
        journal.append([Scalar("loss", 0, None), Scalar(3, 0, 1.0), "text", Scalar("loss", 1, np.float32(0.5))])
        assert journal.dropped == 3
    assert list(read(path)) == [Scalar("loss", 1, 0.5)]


def test_long_blocks_come_back_whole_in_value(path):
    values = np.arange(100_000.0)
    with Journal(path) as journal:
        journal.append([ScalarBlock("loss", values, values, time=values + 1.7e9)])
    (run,) = build(read(path), "journal")
    np.testing.assert_array_equal(run.series["train/loss"].value, values)


def test_journals_of_several_ranks_merge_by_the_clock(tmp_path):
    for rank in range(2):
        with Journal(tmp_path / f"rank{rank}") as journal:
            for step in range(3):
                journal.append([Scalar("loss", step, float(rank), time=1.7e9 + 2 * step + rank, rank=rank)])
    found = list(merge([tmp_path / "rank0", tmp_path / "rank1"]))
    assert [one.rank for one in found] == [0, 1, 0, 1, 0, 1]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_of_any_kind_never_raises(path, data):
    path.unlink(missing_ok=True)
    whole, _ = written(path, [*steps(4), [ScalarBlock("x", np.arange(3.0), np.arange(3.0)), Fact("a", 1), Event("b")]])
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(damaged)))
        more = data.draw(st.binary(max_size=6))
        damaged[at : at + data.draw(st.integers(0, 6))] = more
    path.write_bytes(damaged)
    known = {record for records in steps(4) for record in records}
    assert {one for one in read(path) if isinstance(one, Scalar)} <= known


def test_the_reader_knows_a_journal_by_its_mark(path):
    data, _ = written(path, steps(2))
    assert READER.sniff(Head(path, len(data), data[:65536], None))
    assert not READER.sniff(Head(path, 3, b"abc", "abc"))
    assert sum(isinstance(one, Scalar) for one in READER.read(path)) == 4
