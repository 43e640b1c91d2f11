"""Curves that a text holds whole, as Python prints them."""

import numpy as np
import pytest

from losscompass.readers.discover import gather
from losscompass.readers.python_values import ShortenedError, value_at

TRAIN = [2.1, 1.9, 1.7, 1.52, 1.4, 1.31, 1.2, 1.15]
VAL = [2.2, 2.0, 1.81, 1.7, 1.61, 1.56, float("nan"), float("inf")]


def written(path, text):
    path.write_text(text, "utf-8")
    return gather([path])


def wrapped(values):
    return "[" + ",\n ".join(", ".join(map(repr, values[i : i + 3])) for i in range(0, len(values), 3)) + "]"


def by_numpy(values):
    return str(np.array(values))


def by_repr(values):
    return repr(np.array(values, dtype=np.float32))


def as_tensor(values):
    return f"tensor({values}, device='cuda:0', grad_fn=<StackBackward0>)"


@pytest.mark.parametrize("how", [repr, str, wrapped, by_numpy, by_repr, as_tensor, lambda v: repr(tuple(v))])
@pytest.mark.parametrize(
    "text",
    [
        "train_loss = {}\nval_loss = {}\n",
        "Training finished after 3 h\n\ntrain_losses: {}\nval_losses: {}\n",
        "train losses {}\nval losses {}\n",
        "Train losses: {} Val losses: {}\n",
        "history = {{'loss': {}, 'val_loss': {}}}\n",
        "{{'loss': {}, 'val_loss': {}}}",
        "History: {{'loss': {}, 'val_loss': {}}}\nlayers = [64, 128, 256]\nmilestones: [3, 6, 9]\n",
        "defaultdict(<class 'list'>, {{'train_loss': {}, 'val_loss': {}}})\n",
    ],
)
def test_lists_as_python_prints_them(tmp_path, text, how):
    found = written(tmp_path / "out.txt", text.format(how(TRAIN), how(VAL)))
    (run,) = found.runs
    assert set(run.series) == {"train/loss", "val/loss"}
    np.testing.assert_allclose(run.series["train/loss"].value, TRAIN, rtol=1e-5)
    np.testing.assert_allclose(run.series["val/loss"].value, VAL, rtol=1e-5)
    assert not run.skipped


def test_a_list_that_grows_is_one_list(tmp_path):
    text = "".join(f"losses = {TRAIN[: i + 1]}\n" for i in range(len(TRAIN)))
    (run,) = written(tmp_path / "out.txt", text).runs
    assert run.series["train/loss"].value.tolist() == TRAIN


def test_a_shortened_array_is_told(tmp_path):
    text = f"train_loss = [2.1 1.9 1.7 ... 0.2 0.2 0.2]\nval_loss = {VAL}\n"
    (run,) = written(tmp_path / "out.txt", text).runs
    assert set(run.series) == {"val/loss"}
    assert [(one.reason, one.count) for one in run.skipped] == [("shortened-list", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "lr_steps = [30, 60, 90]\nloss_weights = [1.0, 0.5, 0.2]\nbetas = (0.9, 0.999, 0.5)\n",
        "anchors = [[1.5, 2.5], [3.5, 4.5]]\nmean=[0.485, 0.456, 0.406]\n",
        "The loss [1, 2, 3] is discussed in [4].\n",
        "loss = [x for x in range(3)]\n",
        "loss = [0.5, __import__('os').system('true')]\n",
    ],
)
def test_lists_that_are_no_curves(tmp_path, text):
    assert not written(tmp_path / "notes.txt", text).runs


@pytest.mark.parametrize(
    "text",
    ["[", "[1", "{'a'", "{1, 2}", "open('x')", "[1, f(2)]", "[1.2.3]", "array(1", "(" * 500, "tensor(dtype=[1])"],
)
def test_what_is_no_value_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        value_at(text, 0)


def test_values():
    assert value_at("[1 2\n 3]", 0) == ([1.0, 2.0, 3.0], 8)
    assert value_at("x = {'a': (1, None), 2: [True, 'b']}", 4)[0] == {"a": [1.0, None], "2": [True, "b"]}
    with pytest.raises(ShortenedError):
        value_at("[1. 2. ... 3.]", 0)
