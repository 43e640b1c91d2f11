"""What real tables do, and a naive reader breaks on."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from losscompass.evidence.records import Event, Fact, ScalarBlock, Skipped
from losscompass.readers.base import UnreadableError
from losscompass.readers.csv_table import read, sniff
from losscompass.readers.head import head_of


def records(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "log"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    assert sniff(head_of(path)), "not taken for a table"
    return list(read(path))


def series(found):
    out = {}
    for record in found:
        if isinstance(record, ScalarBlock):
            steps, values = out.setdefault(record.name, ([], []))
            steps += record.step.tolist()
            values += record.value.tolist()
    return out


def skipped(found):
    return {record.reason: record.count for record in found if isinstance(record, Skipped)}


PLAIN = "epoch,loss,val_loss\n0,0.5,0.6\n1,0.4,0.55\n2,0.3,0.5\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", " | "),
        PLAIN.replace(",", "   "),
        PLAIN.replace(",", " , "),
        "\ufeff" + PLAIN,
        "# made by hand\n" + PLAIN,
        PLAIN.replace("0,0.5", "# half way\n\n0,0.5"),
        "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in PLAIN.splitlines()) + "\n",
        PLAIN.replace(",", ";").replace(".", ","),
    ],
)
def test_the_same_table_in_many_dialects(tmp_path, text):
    found = records(tmp_path, text)
    assert series(found) == {"loss": ([0, 1, 2], [0.5, 0.4, 0.3]), "val_loss": ([0, 1, 2], [0.6, 0.55, 0.5])}
    assert not skipped(found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "shift_jis", "euc_jp"])
def test_japanese_headers_in_the_encodings_of_japan(tmp_path, encoding):
    text = "エポック,損失,検証損失\n" + "".join(f"{i},{1 / (i + 1):.4f},{1.1 / (i + 1):.4f}\n" for i in range(30))
    found = series(records(tmp_path, text, encoding))
    assert set(found) == {"損失", "検証損失"}
    assert found["損失"][0] == list(range(30))


def test_a_nameless_index_counts_rows(tmp_path):
    found = records(tmp_path, ",loss\n0,0.5\n1,0.4\n2,0.3\n")
    block = next(record for record in found if isinstance(record, ScalarBlock))
    assert (block.name, block.axis, block.step.tolist()) == ("loss", "row", [0, 1, 2])


def test_rows_of_two_kinds_leave_the_other_cells_empty(tmp_path):
    found = records(tmp_path, "epoch,step,train_loss,val_loss\n0,9,nan,\n0,19,0.5,\n0,20,,0.7\n1,30,0.4,\n")
    assert series(found)["val_loss"] == ([20], [0.7])
    steps, values = series(found)["train_loss"]
    assert steps == [9, 19, 30]
    assert math.isnan(values[0])


def test_padding_that_is_spelled_nan(tmp_path):
    rows = "".join(f"{i},{0.5 if i % 5 else 'nan'},{'nan' if i % 5 else 0.6}\n" for i in range(40))
    found = series(records(tmp_path, "step,loss,val_loss\n" + rows))
    assert len(found["loss"][0]) == 32
    assert found["val_loss"][0] == list(range(0, 40, 5))


def test_a_loss_that_became_nan_stays_nan(tmp_path):
    rows = "".join(f"{i},{0.5 if i < 20 else 'nan'},0.9\n" for i in range(40))
    found = series(records(tmp_path, "step,loss,acc\n" + rows))
    assert sum(map(math.isnan, found["loss"][1])) == 20


def test_infinities_percent_and_wrapped_numbers(tmp_path):
    found = series(
        records(
            tmp_path, 'epoch,loss,acc\n0,inf,12%\n1,-Infinity,34 %\n2,tensor(0.25),"56%"\n3,1.#INF,78%\n4,0.1,80%\n'
        )
    )
    assert found["loss"][1] == [math.inf, -math.inf, 0.25, math.inf, 0.1]
    assert found["acc"][1] == [12, 34, 56, 78, 80]


def test_thousands_and_decimal_commas(tmp_path):
    found = series(records(tmp_path, 'step,loss\n"39,000",0.5\n"40,300",0.4\n"41,000",0.3\n'))
    assert found["loss"][0] == [39000, 40300, 41000]
    found = series(records(tmp_path, "step;loss;acc\n1;0,6931;40,300\n2;0,5;41,125\n"))
    assert found["acc"][1] == [40.3, 41.125]


def test_a_torn_last_row_is_dropped_and_said(tmp_path):
    found = records(tmp_path, "step,loss\n1,0.9\n2,0.8\n3,0.")
    assert series(found)["loss"] == ([1, 2], [0.9, 0.8])
    assert skipped(found) == {"cut-off-last-row": 1}


def test_a_whole_last_row_without_a_line_end_is_kept(tmp_path):
    found = records(tmp_path, "step,loss\n1,0.9\n2,0.8\n3,0.12345678901234567")
    assert len(series(found)["loss"][0]) == 3
    assert not skipped(found)


def test_conflict_markers_keep_the_first_side(tmp_path):
    text = "epoch,loss\n0,0.9\n<<<<<<< HEAD\n1,0.8\n2,0.7\n=======\n1,0.6\n2,0.5\n>>>>>>> other\n3,0.4\n"
    found = records(tmp_path, text)
    assert series(found)["loss"] == ([0, 1, 2, 3], [0.9, 0.8, 0.7, 0.4])
    assert skipped(found) == {"merge-conflict": 1}


def test_a_header_again_begins_another_run(tmp_path):
    found = records(tmp_path, PLAIN + PLAIN)
    assert [record.name for record in found if isinstance(record, Event)] == ["run-start"]
    assert series(found)["loss"][0] == [0, 1, 2, 0, 1, 2]


def test_ragged_rows_are_counted(tmp_path):
    rows = "".join(f"{i},0.{i}1,0.5\n" for i in range(1, 30))
    found = records(tmp_path, "epoch,loss,acc\n" + rows + "30,0.9,0.5,7,8\nnonsense\n31,0.1\n")
    assert skipped(found) == {"ragged-row": 2}
    assert series(found)["loss"][0][-1] == 31
    assert series(found)["acc"][0][-1] == 29


def test_a_word_among_numbers_is_counted(tmp_path):
    found = records(tmp_path, "step,loss\n1,0.5\n2,oops\n3,0.4\n4,0.3\n")
    assert series(found)["loss"][0] == [1, 3, 4]
    assert skipped(found) == {"not-a-number": 1}


def test_a_json_comment_gives_facts(tmp_path):
    found = records(
        tmp_path, '#{"t_start": 1614619328.3, "env_id": "Pendulum-v0"}\nr,l,t\n-200.0,200,1.2\n-150.5,180,2.4\n'
    )
    assert Fact("env_id", "Pendulum-v0") in found
    assert series(found)["r"][1] == [-200.0, -150.5]


def test_phases_in_rows(tmp_path):
    rows = "".join(f"{e},train,0.5\n{e},val,0.6\n" for e in range(5))
    found = series(records(tmp_path, "epoch,phase,loss\n" + rows))
    assert set(found) == {"train/loss", "val/loss"}
    assert found["val/loss"] == ([0, 1, 2, 3, 4], [0.6] * 5)


def test_a_counter_within_the_epoch_counts_on(tmp_path):
    rows = "".join(f"{e},{i},{1 / (e * 3 + i + 1):.3f}\n" for e in (1, 2, 3) for i in (10, 20, 30))
    found = series(records(tmp_path, "epoch,iter,loss\n" + rows))
    assert found["loss"][0] == [10, 20, 30, 40, 50, 60, 70, 80, 90]


def test_steps_that_fall_come_in_pieces(tmp_path):
    rows = "".join(f"{i},0.5\n" for i in (0, 1, 2, 0, 1, 2, 3))
    blocks = [record for record in records(tmp_path, "step,loss\n" + rows) if isinstance(record, ScalarBlock)]
    assert [block.step.tolist() for block in blocks] == [[0, 1, 2], [0, 1, 2, 3]]


@pytest.mark.parametrize(
    "text",
    [
        "step 1 loss 0.5\nstep 2 loss 0.4\nstep 3 loss 0.3\n",
        "epoch 1, loss 0.5, acc 0.1\nepoch 2, loss 0.4, acc 0.2\n",
        "[10]\ttrain's rmse: 0.5\n[20]\ttrain's rmse: 0.4\n[30]\ttrain's rmse: 0.3\n",
        "just words\nand more words\n",
        "one, two, three\nfour, five, six\n",
        "{'loss': 0.5}\n{'loss': 0.4}\n",
    ],
)
def test_printed_logs_are_no_tables(tmp_path, text):
    path = tmp_path / "log"
    path.write_text(text)
    assert not sniff(head_of(path))


def test_a_table_with_a_header_only(tmp_path):
    with pytest.raises(UnreadableError):
        records(tmp_path, "epoch,loss,val_loss\n")


NUMBERS = st.one_of(
    st.floats(allow_nan=False).map(repr), st.integers(-(10**9), 10**9).map(str), st.just(""), st.just("nan")
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(NUMBERS, min_size=3, max_size=3), min_size=12, max_size=60))
def test_values_are_those_of_python(tmp_path_factory, table):
    tmp_path = tmp_path_factory.mktemp("csv")
    lines = ["step,a,b,c"] + [f"{row},{','.join(cells)}" for row, cells in enumerate(table)] + ["99,1.5,2.5,3.5"]
    found = series(records(tmp_path, "\n".join(lines) + "\n"))
    blank = any("" in cells for cells in table)
    for index, name in enumerate("abc"):
        wanted = [(step, float(cells[index])) for step, cells in enumerate(table) if cells[index]]
        got = list(zip(*found[name], strict=True))[:-1]
        if blank:
            assert np.array_equal(np.array(got).reshape(-1, 2), np.array(wanted).reshape(-1, 2), equal_nan=True)
        else:
            finite = [(step, value) for step, value in got if not math.isnan(value)]
            assert finite == [(step, value) for step, value in wanted if not math.isnan(value)]


def test_many_blocks_give_one_table(tmp_path, monkeypatch):
    from losscompass.readers import csv_rows

    monkeypatch.setattr(csv_rows, "_BLOCK", 1 << 18)
    rows = [f"{i},{i / 7!r}" if i != 30_000 else "half a row" for i in range(60_000)]
    found = records(tmp_path, "step,loss\n" + "\n".join(rows) + "\n")
    steps, values = series(found)["loss"]
    assert steps == [i for i in range(60_000) if i != 30_000]
    assert values == [i / 7 for i in steps]
    assert [record for record in found if isinstance(record, Skipped)] == [Skipped("ragged-row", 1, "line 30002")]


def test_rows_that_become_shorter_need_more_room_than_the_first_ones_say(tmp_path, monkeypatch):
    from losscompass.readers import csv_rows

    monkeypatch.setattr(csv_rows, "_BLOCK", 1 << 14)
    values = [i / 7 for i in range(2000)] + [i % 9 / 4 for i in range(30_000)]
    found = records(tmp_path, "step,loss\n" + "".join(f"{i},{value!r}\n" for i, value in enumerate(values)))
    assert series(found)["loss"] == (list(range(32_000)), values)


def test_a_long_table_gives_one_series_a_name(tmp_path):
    rows = "".join(f"loss,{1 / (i + 1)},{i}\nval_loss,{2 / (i + 1)},{i}\n" for i in range(6))
    found = series(records(tmp_path, "metric,value,step\n" + rows))
    assert found == {
        "loss": (list(range(6)), [1 / (i + 1) for i in range(6)]),
        "val_loss": (list(range(6)), [2 / (i + 1) for i in range(6)]),
    }


def test_a_chart_of_several_runs_gives_the_runs(tmp_path):
    rows = "".join(f'"{i}","{i / 9}","{i / 9}","{i / 9}","{i / 8}","",""\n' for i in range(5))
    heads = ",".join(
        f'"{name}"'
        for name in ("Step", "a - loss", "a - loss__MIN", "a - loss__MAX", "b - loss", "b - loss__MIN", "b - loss__MAX")
    )
    found = records(tmp_path, heads + "\n" + rows)
    assert [record.data["name"] for record in found if isinstance(record, Event)] == ["a", "b"]
    assert [record.value.tolist() for record in found if isinstance(record, ScalarBlock)] == [
        [i / 9 for i in range(5)],
        [i / 8 for i in range(5)],
    ]


def test_a_download_of_one_tag_is_named_after_it(tmp_path):
    path = tmp_path / "run-.-tag-train_loss.csv"
    path.write_text("Wall time,Step,Value\n" + "".join(f"{1.7e9 + i},{i},{1 / (i + 1)}\n" for i in range(6)))
    (block,) = (record for record in read(path) if isinstance(record, ScalarBlock))
    assert block.name == "train_loss"
    assert block.time.tolist() == [1.7e9 + i for i in range(6)]


@pytest.mark.parametrize(
    "text", ["0.9\n0.5\n0.4\n0.3\n", "0 0.9\n1 0.5\n2 0.4\n3 0.3\n", "0,0.9\n1,0.5\n2,0.4\n3,0.3\n"]
)
def test_numbers_without_a_header_are_named_after_the_file(tmp_path, text):
    path = tmp_path / "train_loss.txt"
    path.write_text(text)
    assert series(list(read(path))) == {"train_loss": ([0, 1, 2, 3], [0.9, 0.5, 0.4, 0.3])}
