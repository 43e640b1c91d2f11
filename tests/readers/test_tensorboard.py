"""TensorBoard event files: every undamaged scalar of any file comes back as it was written."""

import json
import math
import os
import struct
from pathlib import Path

import numpy as np
import pytest
import tfevents_by_hand as by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

from losscompass.evidence.records import Event, Fact, ScalarBlock, Skipped
from losscompass.readers.base import Head, UnreadableError
from losscompass.readers.tensorboard import READER
from losscompass.readers.tensorboard import frames as frames_module


def write(path, *payloads, header=True):
    first = [by_hand.version()] if header else []
    path.write_bytes(b"".join(by_hand.frame(payload) for payload in (*first, *payloads)))
    return path


def curves(path):
    """name → list of (step, value, time), and everything else, of a log of one run."""
    records = list(READER.read(path))
    blocks = [record for record in records if isinstance(record, ScalarBlock)]
    found = {}
    for block in blocks:
        assert block.name not in found
        time = np.full(block.step.size, np.nan) if block.time is None else block.time
        found[block.name] = list(zip(block.step.tolist(), block.value.tolist(), time.tolist(), strict=True))
    return found, [record for record in records if not isinstance(record, ScalarBlock)]


def same(one, other):
    return one == other or (math.isnan(one) and math.isnan(other))


def assert_same_curves(found, expected):
    assert list(found) == list(expected)
    for name, points in expected.items():
        assert len(found[name]) == len(points), name
        for got, wanted in zip(found[name], points, strict=True):
            assert all(same(a, b) for a, b in zip(got, wanted, strict=True)), (name, got, wanted)


def as_single(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


# What is written is read

FORMS = {
    "simple": as_single,
    "float": as_single,
    "content": as_single,
    "double": float,
    "half": lambda value: struct.unpack("<e", struct.pack("<e", value))[0],
    "bfloat16": lambda value: struct.unpack("<f", b"\0\0" + struct.pack("<f", value)[2:])[0],
    "int": lambda value: float(int(value)),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("count", [3, 400])
def test_every_encoding_of_a_scalar_is_read(tmp_path, form, count):
    values = [1.5 * index - 40.25 for index in range(count)]
    path = write(
        tmp_path / "log",
        *(by_hand.scalar("loss", v, step=7 * i, wall=1e9 + i, form=form) for i, v in enumerate(values)),
    )
    found, rest = curves(path)
    assert_same_curves(found, {"loss": [(7 * i, FORMS[form](v), 1e9 + i) for i, v in enumerate(values)]})
    assert rest == [Fact("format", "tensorboard")]


@pytest.mark.parametrize("form", ["simple", "float", "double", "half", "bfloat16"])
@pytest.mark.parametrize("count", [1, 50])
def test_nan_and_infinities_are_values(tmp_path, form, count):
    values = [math.nan, math.inf, -math.inf, 0.0] * count
    path = write(tmp_path / "log", *(by_hand.scalar("loss", v, step=i, form=form) for i, v in enumerate(values)))
    found, _ = curves(path)
    assert_same_curves(found, {"loss": [(i, v, 1.7e9) for i, v in enumerate(values)]})


tags = st.sampled_from(["a", "b", "loss", "train/loss", "val/loss", "損失", "lr", "x" * 70, ""])
point = st.tuples(
    tags,
    st.floats(width=32),
    st.integers(-3, 300) | st.integers(-(2**53), 2**53),
    st.sampled_from(["simple", "float", "content", "double"]),
)
other_records = st.sampled_from(
    [
        by_hand.event(by_hand.delimited(4, b"\x0a\x05graph"), step=3),
        by_hand.event(by_hand.summary(by_hand.text(1, "h") + by_hand.delimited(5, b"\x09" + b"\0" * 8)), step=4),
        by_hand.event(by_hand.summary(by_hand.text(1, "i") + by_hand.delimited(4, b"")), step=4),
        by_hand.event(),
        b"",
    ]
)
stream = st.lists(st.one_of(point, point, point, other_records), max_size=40)
# Repetition brings the paths for many records of a kind into play.
streams = st.tuples(stream, stream, st.integers(0, 30)).map(lambda parts: parts[0] + parts[1] * parts[2])


def payload_of(item, index):
    if isinstance(item, bytes):
        return item
    tag, value, step, form = item
    return by_hand.scalar(tag, value, step=step, wall=1.7e9 + index / 3, form=form)


def expected_of(items, keep=lambda _: True):
    expected = {}
    for index, item in enumerate(items):
        if not isinstance(item, bytes) and keep(index):
            tag, value, step, _ = item
            expected.setdefault(tag, []).append((float(step), value, 1.7e9 + index / 3))
    return expected


@settings(deadline=None, max_examples=100)
@given(items=streams, window=st.sampled_from([1 << 12, 1 << 14, 1 << 24]))
def test_any_scalars_in_any_order_come_back(tmp_path_factory, items, window):
    path = tmp_path_factory.mktemp("tb") / "log"
    write(path, *(payload_of(item, index) for index, item in enumerate(items)))
    expected = expected_of(items)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames_module, "_WINDOW", window)
        if not expected:
            with pytest.raises(UnreadableError, match="no-curve"):
                list(READER.read(path))
        else:
            found, rest = curves(path)
            assert_same_curves(found, expected)
            assert not [record for record in rest if isinstance(record, Skipped)]


# What is damaged costs only itself


@settings(deadline=None, max_examples=100)
@given(items=streams, data=st.data())
def test_a_cut_anywhere_costs_the_records_beyond_it(tmp_path_factory, items, data):
    path = tmp_path_factory.mktemp("tb") / "log"
    payloads = [by_hand.version(), *(payload_of(item, index) for index, item in enumerate(items))]
    ends = np.cumsum([len(payload) + 16 for payload in payloads])
    cut = data.draw(st.integers(1, int(ends[-1])))
    path.write_bytes(b"".join(map(by_hand.frame, payloads))[:cut])
    expected = expected_of(items, lambda index: ends[index + 1] <= cut)
    if not expected:
        with pytest.raises(UnreadableError, match="no-curve"):
            list(READER.read(path))
        return
    found, rest = curves(path)
    assert_same_curves(found, expected)
    whole = ends[ends <= cut][-1]
    wanted = [] if cut in ends else [Skipped("cut-off-last-record", 1, f"byte {whole}")]
    assert [record for record in rest if isinstance(record, Skipped)] == wanted


@settings(deadline=None, max_examples=100)
@given(items=streams, data=st.data(), window=st.sampled_from([1 << 12, 1 << 24]))
def test_a_flipped_bit_costs_one_record(tmp_path_factory, items, data, window):
    path = tmp_path_factory.mktemp("tb") / "log"
    payloads = [by_hand.version(), *(payload_of(item, index) for index, item in enumerate(items))]
    ends = np.cumsum([len(payload) + 16 for payload in payloads])
    bytes_ = bytearray(b"".join(map(by_hand.frame, payloads)))
    at = data.draw(st.integers(0, len(bytes_) - 1))
    bytes_[at] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(bytes_)
    lost = int(np.searchsorted(ends, at, side="right"))
    expected = expected_of(items, lambda index: index + 1 != lost)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames_module, "_WINDOW", window)
        if not expected:
            with pytest.raises(UnreadableError, match="no-curve"):
                list(READER.read(path))
            return
        found, rest = curves(path)
    assert_same_curves(found, expected)
    damage = [record for record in rest if isinstance(record, Skipped)]
    assert len(damage) == 1
    start = 0 if lost == 0 else int(ends[lost - 1])
    last_length_damaged = lost == len(payloads) - 1 and at - start < 12
    assert damage[0] == Skipped("damaged-record", 1, f"byte {start}") or (last_length_damaged and damage[0].count == 1)


@settings(deadline=None, max_examples=100)
@given(
    items=streams,
    data=st.data(),
    how=st.sampled_from(["zeros", "removed", "inserted"]),
    size=st.integers(1, 200),
    window=st.sampled_from([1 << 12, 1 << 24]),
)
def test_whatever_is_whole_in_a_damaged_file_comes_back(tmp_path_factory, items, data, how, size, window):
    path = tmp_path_factory.mktemp("tb") / "log"
    payloads = [by_hand.version(), *(payload_of(item, index) for index, item in enumerate(items))]
    whole = b"".join(map(by_hand.frame, payloads))
    at = data.draw(st.integers(0, len(whole) - 1))
    stop = min(at + size, len(whole))
    middle = {"zeros": bytes(stop - at), "removed": b"", "inserted": b"\xa5" * size + whole[at:stop]}[how]
    path.write_bytes(whole[:at] + middle + whole[stop:])
    expected = by_hand.scalars(path.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames_module, "_WINDOW", window)
        if not expected:
            with pytest.raises(UnreadableError, match="no-curve"):
                list(READER.read(path))
            return
        found, rest = curves(path)
    assert_same_curves(found, expected)
    if sum(map(len, expected.values())) < sum(not isinstance(item, bytes) for item in items):
        assert [record for record in rest if isinstance(record, Skipped)]


def test_a_record_found_again_inside_a_damaged_one_comes_back_once(tmp_path):
    payloads = [by_hand.scalar("a", step, step=step) for step in range(1, 5)]
    payloads.insert(2, by_hand.scalar("a", 9, step=9, form="float"))
    records = list(map(by_hand.frame, payloads))
    at = len(records[0]) + len(records[1]) + 20
    (tmp_path / "log").write_bytes((whole := b"".join(records))[:at] + whole[at + 30 :])
    found, rest = curves(tmp_path / "log")
    assert [step for step, _, _ in found["a"]] == [1, 2, 3, 4]
    assert [r.reason for r in rest if isinstance(r, Skipped)] == ["damaged-record"]


def test_many_damaged_records_are_counted_one_by_one(tmp_path):
    payloads = [by_hand.scalar("loss", 1.0, step=i) for i in range(1, 101)]
    data = bytearray(b"".join(map(by_hand.frame, payloads)))
    size = len(by_hand.frame(payloads[0]))
    for record in range(0, 100, 10):
        data[record * size + 20] ^= 4
    path = tmp_path / "log"
    path.write_bytes(data)
    found, rest = curves(path)
    assert len(found["loss"]) == 90
    assert [r for r in rest if isinstance(r, Skipped)] == [Skipped("damaged-record", 10, "byte 0")]


# What else is in the files


def test_several_values_in_one_record_and_tags_of_one_length(tmp_path):
    payloads = [
        by_hand.event(by_hand.summary(by_hand.simple("loss", i), by_hand.simple("rate", -i)), step=i)
        for i in range(200)
    ]
    found, _ = curves(write(tmp_path / "log", *payloads))
    assert [value for _, value, _ in found["loss"]] == [float(i) for i in range(200)]
    assert [value for _, value, _ in found["rate"]] == [-float(i) for i in range(200)]


def test_hundreds_of_tags_of_equal_length(tmp_path):
    names = [f"layer.{index:03d}/norm" for index in range(300)]
    payloads = [by_hand.scalar(name, step, step=step) for step in range(8) for name in names]
    found, _ = curves(write(tmp_path / "log", *payloads))
    assert list(found) == names
    assert all([value for _, value, _ in points] == list(map(float, range(8))) for points in found.values())


def test_a_tensor_without_metadata_is_a_scalar_unless_its_tag_is_anothers(tmp_path):
    def bare(tag, value, step):
        body = by_hand.delimited(5, struct.pack("<f", value))
        return by_hand.event(by_hand.summary(by_hand.tensor(tag, by_hand.FLOAT, body, name="")), step=step)

    other = by_hand.tensor("pr", by_hand.FLOAT, by_hand.delimited(5, struct.pack("<f", 1)), name="pr_curves")
    path = write(
        tmp_path / "log",
        by_hand.scalar("loss", 3, form="float"),
        by_hand.event(by_hand.summary(other)),
        *(bare("loss", i, i) for i in range(1, 40)),
        *(bare("pr", i, i) for i in range(1, 40)),
    )
    found, _ = curves(path)
    assert list(found) == ["loss"]
    assert len(found["loss"]) == 40


def test_a_long_record_between_is_verified_and_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(frames_module, "_WINDOW", 1 << 12)
    monkeypatch.setattr(frames_module, "_LARGEST", 1 << 18)
    image = by_hand.event(by_hand.summary(by_hand.text(1, "i") + by_hand.delimited(4, b"x" * 50_000)))
    huge = by_hand.event(by_hand.summary(by_hand.text(1, "i") + by_hand.delimited(4, b"x" * 300_000)))
    path = write(tmp_path / "log", *(x for i in range(6) for x in (image, by_hand.scalar("loss", i, step=i), huge)))
    found, rest = curves(path)
    assert [value for _, value, _ in found["loss"]] == [0, 1, 2, 3, 4, 5]
    assert not [record for record in rest if isinstance(record, Skipped)]


def test_a_file_with_a_header_only_has_no_curve(tmp_path):
    with pytest.raises(UnreadableError, match="no-curve"):
        list(READER.read(write(tmp_path / "log")))


def test_hyper_parameters_and_settings_are_facts(tmp_path):
    def entry(name, value):
        return by_hand.delimited(1, by_hand.text(1, name) + by_hand.delimited(2, value))

    info = (
        entry("lr", by_hand.double(2, 0.25))
        + entry("optimizer", by_hand.text(3, "adam"))
        + entry("ema", by_hand.integer(4, 1))
    )
    hparams = by_hand.text(1, "_hparams_/session_start_info") + by_hand.plugin("hparams", by_hand.delimited(3, info))
    arguments = by_hand.tensor(
        "args/text_summary", by_hand.STRING, by_hand.text(8, json.dumps({"batch_size": 16, "tags": []})), name="text"
    )
    path = write(
        tmp_path / "log", by_hand.event(by_hand.summary(hparams, arguments)), by_hand.scalar("loss", 1), header=False
    )
    _, rest = curves(path)
    assert {fact.name: fact.value for fact in rest} == {
        "format": "tensorboard",
        "lr": 0.25,
        "optimizer": "adam",
        "ema": True,
        "batch_size": 16,
    }


def test_epochs_logged_beside_the_steps_are_attached(tmp_path):
    payloads = [
        by_hand.scalar(tag, value, step=step)
        for step in range(10, 60, 10)
        for tag, value in (("loss", 1), ("epoch", step // 20))
        if tag == "loss" or step % 20 == 0
    ]
    path = write(tmp_path / "log", *payloads)
    block = next(r for r in READER.read(path) if isinstance(r, ScalarBlock) and r.name == "loss")
    np.testing.assert_array_equal(block.epoch, [np.nan, 1, np.nan, 2, np.nan])


# Sniffing


def head(data, text=None):
    return Head(Path("log"), len(data), data, text)


def test_the_first_record_decides_not_the_name(tmp_path):
    data = by_hand.frame(by_hand.version()) + by_hand.frame(by_hand.scalar("loss", 1))
    assert READER.sniff(head(data))
    assert READER.sniff(head(b"\0\x01damaged\xff" + data))
    assert READER.sniff(head(by_hand.frame(by_hand.scalar("x" * 100_000, 1))[:65536]))
    assert not READER.sniff(head(by_hand.frame(b"\x0a\x03abc")))  # a TFRecord of tf.train.Example
    assert not READER.sniff(head(b"epoch,loss\n1,2\n", "epoch,loss\n1,2\n"))
    assert not READER.sniff(head(b"\x89PNG" + bytes(range(256)) * 40))
    assert not READER.sniff(head(b""))
    assert not READER.sniff(head(bytes(1000)))


# Folders


def steps(path):
    """Per run: its name and the steps of "loss"."""
    runs, skipped = [("", [])], []
    for record in READER.read(path):
        if isinstance(record, Event):
            runs.append((record.data["name"], []))
        elif isinstance(record, ScalarBlock) and record.name == "loss":
            runs[-1][1].extend(record.step.tolist())
        elif isinstance(record, Skipped):
            skipped.append(record)
    return [run for run in runs if run[1]], skipped


def session(path, steps_, wall, extra=()):
    return write(path, *extra, *(by_hand.scalar("loss", 1, step=s, wall=wall + i) for i, s in enumerate(steps_)))


def test_a_later_file_that_goes_on_continues_the_run(tmp_path):
    session(tmp_path / "b", [10, 20, 30], 1e9)
    session(tmp_path / "a", [40, 50], 1.1e9)
    write(tmp_path / "c")
    (tmp_path / "notes.txt").write_text("not a log")
    assert set(READER.claims(tmp_path)) == {tmp_path / name for name in "abc"}
    assert steps(tmp_path) == ([("", [10, 20, 30, 40, 50])], [])


def test_a_file_that_resumes_from_a_checkpoint_orphans_what_lay_beyond(tmp_path):
    session(tmp_path / "a", [10, 20, 30], 1e9)
    session(tmp_path / "b", [20, 30, 40], 1.1e9)
    assert steps(tmp_path) == ([("", [10, 20, 30, 40])], [Skipped("orphaned-by-restart", 2)])


def test_a_file_that_starts_over_is_another_run(tmp_path):
    session(tmp_path / "a", [10, 20, 30], 1e9)
    session(tmp_path / "b", [10, 20], 1.1e9)
    assert steps(tmp_path) == ([("a", [10, 20, 30]), ("b", [10, 20])], [])


def test_files_written_at_the_same_time_are_runs_of_their_own(tmp_path):
    session(tmp_path / "a", [10, 20, 30], 1e9)
    session(tmp_path / "b", [11, 21, 31], 1e9 + 0.5)
    assert [name for name, _ in steps(tmp_path)[0]] == ["a", "b"]


def test_a_restart_that_the_writer_marks_purges_as_tensorboard_does(tmp_path):
    start = by_hand.event(by_hand.delimited(7, by_hand.integer(1, 1)), step=30)
    path = write(
        tmp_path / "log",
        *(by_hand.scalar("loss", 1, step=s) for s in (10, 20, 30, 40)),
        start,
        *(by_hand.scalar("loss", 2, step=s) for s in (30, 40, 50)),
    )
    assert steps(path) == ([("", [10, 20, 30, 40, 50])], [Skipped("orphaned-by-restart", 2)])


def test_steps_that_fall_in_a_versioned_file_are_left_to_who_reads_them(tmp_path):
    path = write(tmp_path / "log", *(by_hand.scalar("loss", 1, step=s) for s in (1, 2, 3, 1, 2, 3)))
    assert steps(path) == ([("", [1, 2, 3, 1, 2, 3])], [])


def test_in_a_file_without_a_version_falling_back_is_a_restart(tmp_path):
    path = write(tmp_path / "log", *(by_hand.scalar("loss", 1, step=s) for s in (1, 2, 3, 2, 3, 4)), header=False)
    assert steps(path) == ([("", [1, 2, 3, 4])], [Skipped("orphaned-by-restart", 2)])


def test_phases_in_subfolders_are_one_run(tmp_path):
    for phase in ("train", "validation"):
        (tmp_path / phase).mkdir()
        write(tmp_path / phase / "log", *(by_hand.scalar("epoch_loss", i, step=i, form="float") for i in range(5)))
    (tmp_path / "other").mkdir()
    write(tmp_path / "other" / "log", by_hand.scalar("loss", 1))
    assert set(READER.claims(tmp_path)) == {tmp_path / "train", tmp_path / "validation"}
    blocks = [record for record in READER.read(tmp_path) if isinstance(record, ScalarBlock)]
    assert [(b.name, b.axis) for b in blocks] == [("train/epoch_loss", "epoch"), ("validation/epoch_loss", "epoch")]


def test_curves_drawn_together_are_one_run(tmp_path):
    write(tmp_path / "log", by_hand.scalar("lr", 1))
    for name in ("Loss_train", "Loss_val"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "log", by_hand.scalar("Loss", 1), by_hand.scalar("Loss", 1, step=1))
    assert len(READER.claims(tmp_path)) == 3
    blocks = [record for record in READER.read(tmp_path) if isinstance(record, ScalarBlock)]
    assert [block.name for block in blocks] == ["lr", "Loss_train", "Loss_val"]


def test_a_folder_of_runs_is_not_one_log(tmp_path):
    for name in ("run1", "train"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "log", by_hand.scalar("loss", 1))
    assert READER.claims(tmp_path) == ()
    assert READER.claims(tmp_path / "missing") == ()


# Beside other readers

LOGS = Path(os.environ.get("LOSSCOMPASS_LOGS", Path(__file__).parents[3] / "shared" / "logs"))


@pytest.mark.logs
def test_other_peoples_files_are_read_whole():
    if not LOGS.is_dir():
        pytest.skip(f"the labelled logs are not at {LOGS}")
    paths = sorted(LOGS.glob("tb-*"))
    assert paths
    for path in paths:
        expected = by_hand.scalars(path.read_bytes())
        if expected:
            assert_same_curves(curves(path)[0], expected)


@settings(deadline=None, max_examples=20)
@given(items=st.lists(point.filter(lambda item: item[0]), min_size=1, max_size=60))
def test_tensorboard_reads_the_same(tmp_path_factory, items):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    make_ndarray = pytest.importorskip("tensorboard.util.tensor_util").make_ndarray
    path = tmp_path_factory.mktemp("tb") / "events.out.tfevents.1"
    # TensorBoard keeps the two encodings of one tag apart: here each has its own.
    items = [(f"{tag}-{form}", value, step, form) for tag, value, step, form in items]
    write(path, *(payload_of(item, index) for index, item in enumerate(items)))
    theirs = accumulator.EventAccumulator(str(path), size_guidance={"scalars": 0, "tensors": 0})
    theirs.Reload()
    found, _ = curves(path)
    expected = {tag: [(e.step, e.value, e.wall_time) for e in theirs.Scalars(tag)] for tag in theirs.Tags()["scalars"]}
    for tag in theirs.Tags()["tensors"]:
        expected[tag] = [(e.step, make_ndarray(e.tensor_proto).item(), e.wall_time) for e in theirs.Tensors(tag)]
    assert_same_curves(dict(sorted(found.items())), dict(sorted(expected.items())))
