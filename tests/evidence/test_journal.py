"""The journal: what was appended is read, up to the last whole frame, whatever happens to the file."""

import errno
import math
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from losscompass.evidence import recorder as recorder_module
from losscompass.evidence import scanner as scanner_module
from losscompass.evidence import unpacking
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
    if isinstance(one, tuple | list):
        return type(one) is type(two) and all_same(one, two)
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


@st.composite
def mixed(draw):
    """Acts of a run: rows of two layouts among other records."""
    number = st.floats(allow_nan=False)
    row = st.tuples(
        st.sampled_from(((("loss",), 1), (("loss", "lr", "損失"), 3))), number, st.lists(number, min_size=3, max_size=3)
    )
    return draw(st.lists(st.one_of(row, RECORD.filter(lambda one: not isinstance(one, ScalarBlock))), max_size=30))


def act(journal, acts):
    """Do them; the records that are expected, and the byte behind each act."""
    expected, sizes = [], [journal.position]
    for one in acts:
        if isinstance(one, tuple):
            (names, count), step, values = one
            journal.layout(names)(step, *values[:count])
            expected.append([(name, step, value) for name, value in zip(names, values[:count], strict=True)])
        else:
            journal.append([one])
            expected.append([one])
        sizes.append(journal.position)
    return expected, sizes


def told(records):
    """Records that can be compared, rows as names, steps and values, each series in its order, between the other records."""
    parts, rows = [], {}
    for one in records:
        if isinstance(one, tuple):
            rows.setdefault(one[0], []).append(one[1:])
        elif isinstance(one, ScalarBlock) and one.time is not None and one.time[0] > 1e9:
            rows.setdefault(one.name, []).extend(zip(one.step.tolist(), one.value.tolist(), strict=True))
        elif isinstance(one, Scalar) and one.time is not None and one.time > 1.7e9:
            rows.setdefault(one.name, []).append((one.step, one.value))
        else:
            parts += [rows, one]
            rows = {}
    return [*parts, rows]


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


MIXED = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def flat(groups):
    return [one for group in groups for one in group]


@MIXED
@given(acts=mixed(), few=st.sampled_from([1, 3, 16]), window=st.sampled_from([64, 300, 1 << 18]))
def test_rows_among_other_records_come_back_as_they_were(path, acts, few, window):
    path.unlink(missing_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unpacking, "FEW_ROWS", few)
        patch.setattr(recorder_module, "WINDOW", window)
        tail, followed = Tail(path), []
        with Journal(path) as journal:
            expected, _ = act(journal, acts)
            followed += tail.read()
            open_records = list(read(path))
        followed += tail.read()
        for found in (list(read(path)), followed, open_records):
            assert all_same(told(found), told(flat(expected)))


@MIXED
@given(acts=mixed(), data=st.data())
def test_rows_cut_at_any_byte_read_to_the_last_whole_record(path, acts, data):
    path.unlink(missing_ok=True)
    with Journal(path) as journal:
        expected, sizes = act(journal, acts)
    whole = path.read_bytes()
    length = data.draw(st.integers(len(MAGIC), len(whole)))
    path.write_bytes(whole[:length])
    tail = Tail(path)
    followed = tail.read()
    found = list(read(path))
    if length in sizes or length == len(MAGIC):
        assert not [one for one in found if isinstance(one, Skipped) and one.reason == "cut-off-last-record"]
    kept = flat(expected[: sum(size <= length for size in sizes) - 1])
    lost = [
        one
        for one in found
        if isinstance(one, Skipped) and one.reason == "cut-off-last-record" and one.where.startswith("byte")
    ]
    assert all_same(told(found[: len(found) - len(lost)]), told(kept))
    # A file that grows in place: the zeros behind the cut are space, and what is filled in is found.
    path.write_bytes(whole[:length] + bytes(len(whole) - length))
    followed += tail.read()
    path.write_bytes(whole)
    followed += tail.read()
    assert all_same(told(followed), told(flat(expected)))


@MIXED
@given(acts=mixed(), data=st.data())
def test_damage_to_rows_costs_no_more_than_it_hits(path, acts, data):
    path.unlink(missing_ok=True)
    with Journal(path) as journal:
        journal.layout(("loss",)), journal.layout(("loss", "lr", "損失"))
        begins = journal.position
        expected, sizes = act(journal, [one for one in acts if not isinstance(one, Scalar)])
        journal.append([Fact("end", 1)])
    whole = bytearray(path.read_bytes())
    at = data.draw(st.integers(begins, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(whole)
    hit = sum(size <= at for size in sizes) - 1
    kept = flat([*expected[:hit], *expected[hit + 1 :], *([[Fact("end", 1)]] if hit < len(expected) else [])])
    found = [one for one in read(path) if not (isinstance(one, Skipped) and one.where.startswith("byte "))]
    assert all_same(rows_first(told(found)), rows_first(told(kept)))


def rows_first(parts):
    """All rows together: a record that is lost no longer stands between them."""
    rows, rest = {}, []
    for part in parts:
        if isinstance(part, dict):
            for name, points in part.items():
                rows.setdefault(name, []).extend(points)
        else:
            rest.append(part)
    return [rows, *rest]


def test_rows_whose_layout_is_lost_are_counted(path):
    with Journal(path) as journal:
        begins = journal.position
        row = journal.layout(("loss", "lr"))
        for step in range(40):
            row(step, 1.0, 2.0)
    data = bytearray(path.read_bytes())
    data[begins + 20] ^= 1
    path.write_bytes(data)
    assert [(one.reason, one.count) for one in read(path)] == [("damaged-record", 1), ("unnamed-value", 80)]


def test_a_record_that_was_half_written_is_read_when_it_is_whole(path):
    data, sizes = written(path, steps(3))
    for half in range(sizes[1] + 1, sizes[2]):
        path.write_bytes(data[: sizes[1]])
        tail = Tail(path)
        assert len(tail.read()) == 2
        path.write_bytes(data[:half] + bytes(4096))
        assert tail.read() == []
        path.write_bytes(data + bytes(4096))
        assert len(tail.read()) == 4


def test_what_was_being_written_while_it_was_read_is_read_again(path, monkeypatch):
    _, sizes = written(path, steps(3))
    real = scanner_module._read

    def torn(file, at, size):
        """As a reader may find a file: a later record is there already, the one before it half."""
        found = real(file, at, size)
        if torn.left:
            torn.left -= 1
            found = found[: sizes[1] + 5] + bytes(sizes[2] - sizes[1] - 5) + found[sizes[2] :]
        return found

    monkeypatch.setattr(scanner_module, "_read", torn)
    for read_at in (lambda: list(read(path)), Tail(path).read):
        torn.left = 1
        assert read_at() == flat(steps(3))


def test_long_damage_and_what_stands_behind_it(path):
    with Journal(path) as journal:
        row = journal.layout(("loss",))
        for step in range(100):
            row(step, 1.0)
    data = path.read_bytes()
    noise = np.random.default_rng(1).integers(1, 255, 9 << 20, np.uint8).tobytes()
    path.write_bytes(data + noise + data)
    for found in (list(read(path)), Tail(path).read()):
        assert [one.count for one in found if isinstance(one, Skipped)] == [1]
        assert sum(len(one.value) for one in found if isinstance(one, ScalarBlock)) == 200


OF_THE_FIRST_FORMAT = bytes.fromhex(
    "894c434a0d0a1a01c59e2ef6670000005e8aa84399fb2fd8041c0000005b2266616374222c226672616d65776f726b222c22746f726368"
    "225d000000000004006c6f73730108000000000000000000000040fc54d941020000000000000000000004400001000000080076616c5f"
    "6c6f737302010000000000000000000840c59e10c3470000005e8aa843767b4a02000200000002006c7203040200000002000000000000"
    "000000000000000000000000000000f03f000000000000e03f000000000000d03f0000000000000000000000000000f03fc59ecacb4100"
    "00005e8aa84317cf40b3043c0000005b226576656e74222c22656e64222c312c7b22776879223a22646f6e65227d2c7b226174223a5b22"
    "747261696e2e7079222c332c22222c22225d7d5d"
)


def test_a_journal_of_the_first_format_is_read(path):
    path.parent.mkdir()
    path.write_bytes(OF_THE_FIRST_FORMAT)
    with Journal(path) as journal:
        journal.layout(["loss"])(1, 2.0)
    first, *scalars, block, end, row = read(path)
    assert first == Fact("framework", "torch")
    assert scalars == [Scalar("loss", 0, 2.5, time=1.7e9), Scalar("val_loss", 0, 3.0, time=1.7e9)]
    expected = ScalarBlock("lr", np.arange(2.0), np.array([0.5, 0.25]), epoch=np.arange(2.0))
    assert same(block, expected)
    assert end == Event("end", 1, {"why": "done"}, {"at": Place("train.py", 3)})
    assert (row.name, row.step, row.value) == ("loss", 1.0, 2.0)
