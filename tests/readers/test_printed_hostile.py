"""Printed logs that nobody printed: whatever the bytes are, the reader ends, soon, without a traceback."""

import string
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from losscompass.evidence.records import Fact, ScalarBlock, Skipped
from losscompass.readers.base import UnreadableError
from losscompass.readers.head import head_of
from losscompass.readers.printed import READER
from losscompass.readers.printed.grammar import shape_of
from losscompass.readers.printed.lines import LONGEST, lines_of
from losscompass.readers.printed.shape import NUMBER

STYLES = [path.read_bytes() for path in sorted((Path(__file__).parent / "printed_logs").glob("*.log"))]
WORDS = st.sampled_from(
    [
        "epoch",
        "Epoch",
        "step",
        "iter",
        "loss",
        "val_loss",
        "acc",
        "Train",
        "Test:",
        "lr",
        "nan",
        "inf",
        "0.5",
        "1/10",
        "[3]",
        "100%|██|",
        "10/10 [00:01<00:00]",
        "|",
        "(",
        ")",
        "=",
        ":",
        ",",
        "-",
        "{",
        "}",
        "'",
        "損失",
        "エポック",
        "\r",
        "\n",
        "\b",
        "\x1b[1m",
        "1e-3",
        "1,234",
        "%",
    ]
)


def read(path: Path) -> list[object]:
    head = head_of(path)
    READER.sniff(head)
    try:
        return list(READER.read(path))
    except UnreadableError:
        return []


def check(records: list[object]) -> None:
    for record in records:
        assert isinstance(record, (ScalarBlock, Fact, Skipped))
        if isinstance(record, ScalarBlock):
            assert record.name
            assert record.step.shape == record.value.shape
            assert np.isfinite(record.step).all()
            assert record.epoch is None or record.epoch.shape == record.value.shape


@given(words=st.lists(WORDS, max_size=120), space=st.sampled_from([" ", "", "  ", "\t"]))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(words=["epoch", "1", "loss", "inf", "\n"] * 3, space=" ")
def test_any_words_are_read(words: list[str], space: str, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes((space.join(words) * 2).encode())
    check(read(path))


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_logs_are_read(data: st.DataObject, tmp_path: Path) -> None:
    log = bytearray(data.draw(st.sampled_from(STYLES)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(log) - 1))
        log[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=12))
        if not log:
            break
    path = tmp_path / "log.txt"
    path.write_bytes(bytes(log))
    check(read(path))


@given(text=st.text(alphabet=string.printable + "損失█０：", max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_line_has_a_shape(text: str) -> None:
    parts = NUMBER.split(text)
    assert "".join(parts) == text
    shape = shape_of(parts)
    while shape is not None:
        slots = [shape.epoch, shape.epochs, shape.step, shape.steps, *(value.slot for value in shape.values)]
        assert all(slot is None or 0 <= slot < len(parts) // 2 for slot in slots)
        shape = shape.rest


@given(text=st.text(alphabet=string.printable, max_size=60))
@settings(max_examples=200, deadline=None)
def test_numbers_are_numbers(text: str) -> None:
    for number in NUMBER.split(text)[1::2]:
        float(number.replace(",", ""))


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "1",
        "1 ",
        "(",
        "loss=",
        "1,111",
        "-",
        " - ",
        "epoch 1 loss 2 ",
        "[1]",
        "1/",
        "| a | 1 ",
        "1e",
        "nan",
        ".",
        '"',
        "\x1b[",
        "a\b",
        "50%|##| 1/2 [0<0, loss=1]\r",
        "損失",
        "tensor(",
        "(a ",
        "%|",
        "[=",
        "Namespace(a=1, ",
        "\t1",
        "2024-01-01 ",
        "INFO ",
        "a.b.c.",
    ],
)
def test_a_line_of_any_length_ends(unit: str, tmp_path: Path) -> None:
    # A backtracking pattern would take hours for this; the suite's own time limit is the test.
    path = tmp_path / "log.txt"
    path.write_text(unit * (200_000 // len(unit)), newline="")
    check(read(path))


def test_a_long_line_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("x" * (3 * LONGEST + 5))
    assert [len(line) for line, _ in lines_of(path)] == [LONGEST, LONGEST, LONGEST, 5]


def test_lines_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"one\r\n\r\ntwo\rthree\nfour\x1b[0m\n\xff five")
    assert [(line, number) for line, number in lines_of(path)] == [
        ("one", 1),
        ("two", 3),
        ("three", 3),
        ("four", 4),
        ("ÿ five", 5),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "euc_jp", "cp932"])
def test_any_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    lines = [f"エポック {epoch}: 損失 {1 / epoch:.4f} 検証損失 {2 / epoch:.4f}\r\n" for epoch in range(1, 30)]
    path.write_bytes("".join(lines).encode(encoding))
    blocks = [record for record in read(path) if isinstance(record, ScalarBlock)]
    assert {block.name for block in blocks} == {"損失", "検証損失"}
    assert all(len(block.value) == 29 for block in blocks)


def test_what_was_not_understood_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text(
        "".join(f"step {n} loss {9 - n}.5\nthe loss went from here to there in 3.5 hours\n" for n in range(5))
    )
    assert Skipped("unparsed-line", 5, "line 2") in read(path)


def test_restarts_keep_the_order_of_the_log(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    one = "".join(f"epoch {n} train_loss {1 / n:.3f} val_loss {2 / n:.3f}\n" for n in range(1, 6))
    path.write_text(one * 2)
    blocks = [record for record in read(path) if isinstance(record, ScalarBlock)]
    assert [(block.name, len(block.value)) for block in blocks] == [("train_loss", 5), ("val_loss", 5)] * 2


def test_memory_does_not_grow_with_the_text(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "log.txt"
    line = "INFO something happened to a worker that has no number of interest, at {}\n"
    with path.open("w") as file:
        for number in range(12_000):
            file.write(line.format(hex(number * 7919)))
            if number % 100 == 0:
                file.write(f"step {number} loss {number / 7:.4f}\n")
    tracemalloc.start()
    check(read(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40e6


def test_a_zero_byte_in_the_place_of_a_number(tmp_path):
    rows = "".join(
        f"| step | {i if i != 8 else chr(0)} |\n| loss | {2.3 * 0.9**i:.3g} |\n------------\n" for i in range(40)
    )
    (tmp_path / "log").write_text(rows)
    check(read(tmp_path / "log"))
