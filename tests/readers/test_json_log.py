"""JSON logs in the shapes that frameworks write, whole, damaged and hostile."""

import json
import math

import numpy as np
import pytest

from losscompass.evidence.records import Event, Fact, ScalarBlock, Skipped
from losscompass.readers.base import UnreadableError
from losscompass.readers.head import head_of
from losscompass.readers.json_log import read, sniff


def records(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "log"
    path.write_bytes((content if isinstance(content, str) else json.dumps(content)).encode(encoding))
    assert sniff(head_of(path))
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


STATE = {
    "best_metric": 0.4,
    "epoch": 2.0,
    "global_step": 30,
    "log_history": [
        {"epoch": 0.5, "learning_rate": 1e-4, "loss": 0.9, "step": 10},
        {"epoch": 1.0, "eval_loss": 0.6, "eval_runtime": 3.1, "step": 15},
        {"epoch": 1.5, "learning_rate": 5e-5, "loss": 0.5, "step": 20},
        {"epoch": 2.0, "eval_loss": float("nan"), "eval_runtime": 3.0, "step": 30},
        {"epoch": 2.0, "step": 30, "train_loss": 0.7, "train_runtime": 60.0, "total_flos": 1e12},
    ],
    "train_batch_size": 8,
}


def test_trainer_state(tmp_path):
    found = records(tmp_path, STATE)
    assert series(found)["loss"] == ([10, 20], [0.9, 0.5])
    assert math.isnan(series(found)["eval_loss"][1][1])
    assert "train_loss" not in series(found)
    assert {Fact("best_metric", 0.4), Fact("train_batch_size", 8), Fact("train_loss", 0.7)} <= {
        record for record in found if isinstance(record, Fact)
    }


@pytest.mark.parametrize("cut", range(120, 560, 7))
def test_a_truncated_document_gives_what_is_whole(tmp_path, cut):
    text = json.dumps(STATE, indent=1)
    try:
        found = records(tmp_path, text[:cut])
    except UnreadableError as error:
        assert error.reason in ("no-curve", "damaged-json")  # noqa: PT017 - either outcome is right here
        return
    assert set(series(found).get("loss", ([], []))[1]) <= {0.9, 0.5}
    assert skipped(found)


@pytest.mark.parametrize(
    "history",
    [
        {"loss": [0.9, 0.5, 0.4], "val_loss": [0.8, 0.6, 0.7]},
        {"history": {"loss": [0.9, 0.5, 0.4], "val_loss": [0.8, 0.6, 0.7]}, "params": {"epochs": 3}},
        [{"loss": 0.9, "val_loss": 0.8}, {"loss": 0.5, "val_loss": 0.6}, {"loss": 0.4, "val_loss": 0.7}],
        [
            {"epoch": 0, "loss": 0.9, "val_loss": 0.8},
            {"epoch": 1, "loss": 0.5, "val_loss": 0.6},
            {"epoch": 2, "loss": 0.4, "val_loss": 0.7},
        ],
        {"epochs": [0, 1, 2], "loss": [0.9, 0.5, 0.4], "val_loss": [0.8, 0.6, 0.7]},
        {"0": {"loss": 0.9, "val_loss": 0.8}, "1": {"loss": 0.5, "val_loss": 0.6}, "2": {"loss": 0.4, "val_loss": 0.7}},
        {
            "epoch_0": {"loss": 0.9, "val_loss": 0.8},
            "epoch_1": {"loss": 0.5, "val_loss": 0.6},
            "epoch_2": {"loss": 0.4, "val_loss": 0.7},
        },
        {"loss": {"0": 0.9, "1": 0.5, "2": 0.4}, "val_loss": {"0": 0.8, "1": 0.6, "2": 0.7}},
        {"loss": [[0, 0.9], [1, 0.5], [2, 0.4]], "val_loss": [[0, 0.8], [1, 0.6], [2, 0.7]]},
        [["epoch", "loss", "val_loss"], [0, 0.9, 0.8], [1, 0.5, 0.6], [2, 0.4, 0.7]],
        "{'loss': [0.9, 0.5, 0.4], 'val_loss': [0.8, 0.6, 0.7]}",
    ],
)
def test_one_history_in_many_shapes(tmp_path, history):
    found = series(records(tmp_path, history))
    assert found == {"loss": ([0, 1, 2], [0.9, 0.5, 0.4]), "val_loss": ([0, 1, 2], [0.8, 0.6, 0.7])}


def test_nested_phases_keep_their_path(tmp_path):
    found = series(records(tmp_path, {"train": {"loss": [0.9, 0.5]}, "valid_1": {"l2": [0.8, 0.6]}}))
    assert set(found) == {"train/loss", "valid_1/l2"}
    found = series(
        records(
            tmp_path,
            {"train": [{"epoch": 0, "loss": 1}, {"epoch": 1, "loss": 0.5}], "val": [{"epoch": 1, "loss": 0.7}]},
        )
    )
    assert found == {"train/loss": ([0, 1], [1, 0.5]), "val/loss": ([1], [0.7])}


def test_a_shorter_list_was_taken_every_so_often(tmp_path):
    found = series(records(tmp_path, {"loss": list(range(12)), "val_loss": [5, 6, 7]}))
    assert found["val_loss"][0] == [3, 7, 11]


def test_folds_are_runs(tmp_path):
    found = records(tmp_path, [{"loss": [0.9, 0.5]}, {"loss": [0.8, 0.4]}])
    assert series(found) == series(records(tmp_path, '{"loss": [0.9, 0.5]}\n{"loss": [0.8, 0.4]}\n'))
    assert [record.name for record in found if isinstance(record, Event)] == ["run-start"] * 2


def test_catboost_names_come_from_its_meta(tmp_path):
    meta = {
        "learn_metrics": [{"name": "Logloss", "best_value": "Min"}],
        "test_metrics": [{"name": "AUC", "best_value": "Max"}, {"name": "Logloss", "best_value": "Min"}],
    }
    rows = [{"learn": [0.6 - i / 100], "iteration": i, "test": [0.8, 0.65]} for i in range(5)]
    found = series(records(tmp_path, {"meta": meta, "iterations": rows}))
    assert set(found) == {"learn/Logloss", "validation/AUC", "validation/Logloss"}


def test_lines_with_phases_and_a_counter_that_restarts(tmp_path):
    rows = []
    for epoch in (1, 2, 3):
        rows += [{"mode": "train", "epoch": epoch, "iter": i, "lr": 0.1, "loss": 1 / i} for i in (10, 20)]
        rows.append({"mode": "val", "epoch": epoch, "iter": 7, "lr": 0.1, "mAP": 0.5})
    found = series(records(tmp_path, "\n".join(map(json.dumps, rows)) + "\n"))
    assert found["train/loss"][0] == [10, 20, 30, 40, 50, 60]
    assert found["val/mAP"][0] == [20, 40, 60]
    assert set(found) == {"train/loss", "val/mAP", "lr"}


def test_statistics_are_their_mean_and_text_numbers_are_numbers(tmp_path):
    lines = [
        {"step": i, "G": {"num": 4, "mean": 1 / (i + 1), "std": 0.1}, "loss": f"{0.5 - i / 100}", "eta": "0:32:01"}
        for i in range(4)
    ]
    found = records(tmp_path, "\n".join(map(json.dumps, lines)) + "\n")
    assert series(found)["G"][1] == [1, 1 / 2, 1 / 3, 1 / 4]
    assert series(found)["loss"][1][1] == 0.49
    assert skipped(found) == {"not-a-number": 1} or not skipped(found)


def test_damaged_and_torn_lines_cost_only_themselves(tmp_path):
    good = "".join(f'{{"step": {i}, "loss": {1 / (i + 1)}}}\n' for i in range(30))
    found = records(tmp_path, good + '{"step": 30, "lo\x00ss": }\n{"step": 31, "loss": NaN}\n{"step": 32, "loss": 0.')
    assert series(found)["loss"][0] == [*range(30), 31]
    assert skipped(found) == {"damaged-row": 1, "cut-off-last-row": 1}


def test_nan_infinity_null(tmp_path):
    found = series(records(tmp_path, '{"loss": [1.0, NaN, Infinity, -Infinity, nan, 0.5]}'))
    assert [value for value in found["loss"][1] if not math.isnan(value)] == [1.0, math.inf, -math.inf, 0.5]
    found = series(records(tmp_path, '{"step": 1, "loss": 0.5, "val": null}\n{"step": 2, "loss": null, "val": 0.4}\n'))
    assert found == {"loss": ([1], [0.5]), "val": ([2], [0.4])}


@pytest.mark.parametrize(
    "content",
    [
        {"epoch": 3.0, "train_loss": 0.5, "train_runtime": 12.0},
        {"name": "model", "layers": [{"type": "conv"}, {"type": "relu"}]},
        [],
        {},
        "[1, 2",
        '{"a": ',
        "[" * 100_000,
        '{"a":' * 50_000,
    ],
)
def test_documents_without_a_curve_say_so(tmp_path, content):
    with pytest.raises(UnreadableError) as caught:
        records(tmp_path, content)
    assert caught.value.reason in ("no-curve", "damaged-json")


def test_numbers_that_are_too_large_for_a_double(tmp_path):
    found = series(records(tmp_path, '{"step": 1, "loss": 1' + "0" * 400 + '}\n{"step": 2, "loss": 0.5}\n'))
    assert found["loss"][1][-1] == 0.5


def losses(nulls, numbers=20):
    return [1 / (i + 1) for i in range(numbers)] + [None] * nulls


def test_null_to_the_end_is_nan(tmp_path):
    rows = [{"step": i, "loss": loss, "lr": 0.1} for i, loss in enumerate(losses(5))]
    for content in ("\n".join(map(json.dumps, rows)) + "\n", rows, {"loss": losses(5), "lr": [0.1] * 25}):
        found = records(tmp_path, content)
        steps, values = series(found)["loss"]
        assert steps == list(range(25))
        assert np.isnan(values).tolist() == [False] * 20 + [True] * 5
        assert skipped(found) == {"null-read-as-nan": 5}


@pytest.mark.parametrize(
    "column",
    [
        losses(1),  # not computed yet
        [*losses(0)[:8], None, *losses(0)[8:]],  # one alone
        [None] * 5 + losses(0),  # from the beginning
        [None if i % 3 else loss for i, loss in enumerate(losses(0))],  # every third row
        [1.0, *[None] * 20],  # measured once
    ],
)
def test_other_nulls_are_not_measured(tmp_path, column):
    numbers = [value for value in column if value is not None]
    rows = [{"step": i, "loss": loss, "lr": i / 9} for i, loss in enumerate(column)]
    for content in (
        "\n".join(map(json.dumps, rows)) + "\n",
        {"loss": column, "lr": [i / 9 for i in range(len(column))]},
    ):
        found = records(tmp_path, content)
        assert series(found)["loss"][1] == numbers
        assert skipped(found) == {}


def test_null_in_rows_of_another_kind_is_not_measured(tmp_path):
    rows = [{"step": i, "loss": loss, "acc": None} for i, loss in enumerate(losses(0))]
    rows += [{"step": 20 + i, "loss": None, "acc": 0.5 + i / 9} for i in range(3)]
    found = records(tmp_path, "\n".join(map(json.dumps, rows)) + "\n")
    assert len(series(found)["loss"][1]) == 20
    assert skipped(found) == {}
