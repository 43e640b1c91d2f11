"""Weights & Biases offline files: rows, nested keys, settings; damage costs what it touches."""

import json
import math
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tfevents_by_hand import delimited, integer, text

from losscompass.evidence.records import Fact, ScalarBlock, Skipped
from losscompass.readers.base import Head, UnreadableError
from losscompass.readers.wandb_offline import READER

HEAD = b":W&B\xe1\xbe\0"
BLOCK = 32768


def log(messages):
    """The LevelDB framing, and for each message the places of its bytes."""
    out = bytearray(HEAD)
    spans = []
    for message in messages:
        start, left, first = len(out), message, True
        while first or left:
            room = BLOCK - len(out) % BLOCK
            if room < 7:
                out += bytes(room)
                continue
            piece, left = left[: room - 7], left[room - 7 :]
            kind = {(True, True): 1, (True, False): 2, (False, False): 3, (False, True): 4}[first, not left]
            body = bytes([kind]) + piece
            out += struct.pack("<IH", zlib.crc32(body), len(piece)) + body
            first = False
        spans.append((start, len(out)))
    return bytes(out), spans


def items(values, field=1):
    return b"".join(
        delimited(
            field,
            (b"".join(text(2, part) for part in key) if isinstance(key, tuple) else text(1, key))
            + text(16, json.dumps(value)),
        )
        for key, value in values.items()
    )


def row(step, **values):
    return delimited(2, items({"_step": step, "_timestamp": 1.7e9 + step, **values}))


def curves(path):
    records = list(READER.read(path))
    return {r.name: r for r in records if isinstance(r, ScalarBlock)}, [
        r for r in records if not isinstance(r, ScalarBlock)
    ]


def test_rows_settings_and_summary_are_read(tmp_path):
    path = tmp_path / "run-1.wandb"
    picture = {"_type": "image-file", "size": 3}
    messages = [
        delimited(17, text(1, "id") + text(3, "project") + delimited(4, items({"lr": 0.1, "_wandb": {"a": 1}}))),
        *(row(i, loss=1 / (i + 1), nested={"val": {"loss": i}}, picture=picture) for i in range(4)),
        row(4, loss=math.nan),
        row(5, loss=math.inf),
        delimited(
            2,
            items({("deep", "loss"): 7.0, ("deep", "h", "_type"): "histogram", ("deep", "h", "bins"): [1, 2]})
            + delimited(2, integer(1, 6)),
        ),
        delimited(5, items({"optimizer": {"name": "adam"}})),
        delimited(3, items({"loss": 0.5, "_runtime": 3})),
    ]
    path.write_bytes(log(messages)[0])
    assert READER.sniff(Head(path, 100, path.read_bytes(), None))
    found, rest = curves(path)
    np.testing.assert_array_equal(found["loss"].value, [1, 1 / 2, 1 / 3, 1 / 4, np.nan, np.inf])
    np.testing.assert_array_equal(found["loss"].step, np.arange(6))
    np.testing.assert_array_equal(found["nested/val/loss"].value, np.arange(4))
    np.testing.assert_array_equal(found["deep/loss"].step, [6])
    assert set(found) == {"loss", "nested/val/loss", "deep/loss"}
    facts = {fact.name: fact.value for fact in rest if isinstance(fact, Fact)}
    assert facts == {
        "format": "wandb",
        "project": "project",
        "lr": 0.1,
        "optimizer/name": "adam",
        "summary/loss": 0.5,
    }


def rows_of(sizes):
    return [row(index, loss=index, note="x" * size) for index, size in enumerate(sizes)]


sizes = st.lists(st.integers(0, 300) | st.integers(0, 80_000), min_size=1, max_size=12)


@settings(deadline=None, max_examples=40)
@given(sizes=sizes)
def test_messages_of_any_size_are_joined(tmp_path_factory, sizes):
    path = tmp_path_factory.mktemp("w") / "x"
    path.write_bytes(log(rows_of(sizes))[0])
    found, rest = curves(path)
    np.testing.assert_array_equal(found["loss"].value, np.arange(len(sizes)))
    assert not [r for r in rest if isinstance(r, Skipped) and r.reason != "text-column"]


@settings(deadline=None, max_examples=60)
@given(sizes=sizes, data=st.data(), how=st.sampled_from(["cut", "flip"]))
def test_damage_costs_the_messages_it_touches(tmp_path_factory, sizes, data, how):
    path = tmp_path_factory.mktemp("w") / "x"
    whole, spans = log(rows_of(sizes))
    at = data.draw(st.integers(len(HEAD), len(whole) - 1))
    if how == "cut":
        path.write_bytes(whole[:at])
        untouched = [stop <= at for _, stop in spans]
    else:
        damaged = bytearray(whole)
        damaged[at] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(damaged)
        untouched = [not start <= at < stop for start, stop in spans]
    expected = [index for index, good in enumerate(untouched) if good]
    if not expected:
        with pytest.raises(UnreadableError, match="no-curve"):
            curves(path)
        return
    found, rest = curves(path)
    np.testing.assert_array_equal(found["loss"].value, expected)
    if len(expected) < len(sizes) and (how == "flip" or at not in {stop for _, stop in spans}):
        assert {r.reason for r in rest if isinstance(r, Skipped)} & {"damaged-record", "cut-off-last-record"}


def test_a_cut_inside_a_fragments_head_is_told(tmp_path):
    whole, spans = log(rows_of([0, 0]))
    (tmp_path / "x").write_bytes(whole[: spans[1][0] + 3])
    assert Skipped("cut-off-last-record", 1, f"byte {spans[1][0]}") in curves(tmp_path / "x")[1]


def test_a_file_of_noise_is_soon_given_up(tmp_path):
    (tmp_path / "x").write_bytes(log(rows_of([0]))[0].ljust(BLOCK, b"\0") + np.random.default_rng(0).bytes(200 * BLOCK))
    found, rest = curves(tmp_path / "x")
    assert found["loss"].value.tolist() == [0]
    assert Skipped("damaged-record", 199, f"byte {BLOCK}") in rest


def test_the_folder_of_a_run_is_one_log(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "output.log").write_text("printed")
    path = tmp_path / "run-1.wandb"
    path.write_bytes(log(rows_of([1, 2]))[0])
    assert READER.claims(tmp_path) == (path, tmp_path / "files")
    assert list(curves(tmp_path)[0]) == ["loss"]


def test_a_run_that_logged_nothing_is_no_curve_and_leaves_its_folder(tmp_path):
    path = tmp_path / "run-1.wandb"
    path.write_bytes(log([delimited(17, text(1, "id"))])[0])
    assert READER.claims(tmp_path) == ()
    with pytest.raises(UnreadableError, match="no-curve"):
        list(READER.read(path))
