"""Statistics of tensors, labels and samples against slow and obvious computations."""

import random
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from losscompass.watcher.batches import Fingerprints, Labels, batch_figures, expected_purity
from losscompass.watcher.tensors import ROW, Activations, Rows, Tensors, chosen, stride


def slow(values):
    """Of all numbers of a tensor."""
    numbers = np.asarray(values, dtype=np.float64).ravel()
    good = numbers[np.isfinite(numbers)]
    return {
        "mean": good.mean() if good.size else 0.0,
        "std": good.std() if good.size else 0.0,
        "zero": (numbers == 0).mean(),
        "nonfinite": 1 - good.size / numbers.size,
        "size": numbers.size,
        "norm": np.sqrt((good**2).sum() * numbers.size / max(good.size, 1)),
    }


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.one_of(st.floats(-100, 100, width=32), st.sampled_from([0.0, float("nan"), float("inf")])),
            min_size=1,
            max_size=40,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_statistics_of_small_tensors_are_exact(tensors):
    rows = Rows(torch, [torch.tensor(one) for one in tensors]).statistics()
    for found, one in zip(rows, tensors, strict=True):
        assert found == pytest.approx(slow(one), rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("size", [ROW, ROW + 1, 2 * ROW - 1, 50_000])
def test_statistics_of_large_tensors_are_those_of_an_even_sample(size):
    whole = torch.linspace(-1, 3, size)
    step = stride(size)
    part = whole[::step]
    assert ROW // 3 <= len(part) <= ROW  # every third, where one more than a row is there: strides are odd
    (found,) = Rows(torch, [whole.reshape(1, -1)]).statistics()
    expected = slow(part) | {"size": size, "norm": slow(part)["norm"] * (size / len(part)) ** 0.5}
    assert found == pytest.approx(expected, rel=1e-5)
    assert found["norm"] == pytest.approx(float(whole.norm()), rel=0.01)


@pytest.mark.parametrize("make", [torch.Tensor.half, torch.Tensor.bfloat16, torch.Tensor.double, torch.Tensor.t])
def test_other_types_and_layouts(make):
    tensor = make(torch.arange(12.0).reshape(3, 4))
    (found,) = Rows(torch, [tensor]).statistics()
    assert found == pytest.approx(slow(tensor.float().numpy()))


def test_layers_are_chosen_evenly():
    assert chosen(list(range(5))) == list(range(5))
    some = chosen(list(range(1000)), 64)
    assert (len(set(some)), some[0], some[-1]) == (64, 0, 999)
    assert set(np.diff(some)) <= {15, 16}


def test_what_a_step_changes():
    told = {}
    tensors = Tensors(torch, lambda name, kind, stats: told.__setitem__((name, kind), stats))
    weights = {"a": torch.tensor([3.0, 4.0]), "b": torch.ones(3), "c": torch.zeros(2)}
    for one in weights.values():
        one.grad = one * 2
    weights["c"].grad = None
    tensors.before_step(list(weights.values()), lambda p: next(name for name, one in weights.items() if one is p))
    weights["a"] += torch.tensor([0.3, -0.4])
    tensors.after_step()
    assert told["a", "update"]["norm"] == pytest.approx(0.5)
    assert told["a", "update"]["ratio"] == pytest.approx(0.5 / np.hypot(3.3, 3.6))
    assert told["a", "gradient"]["norm"] == pytest.approx(10)
    assert ("c", "gradient") not in told
    assert (tensors.changed, tensors.looked_at) == (1, 3)
    assert tensors.gradient_norm == pytest.approx((100 + 12) ** 0.5)


def test_dead_units_and_saturated_ones():
    told = {}
    look = Activations(torch, lambda name, kind, stats: told.__setitem__(name, stats))
    look.begin()
    out = torch.relu(torch.tensor([[1.0, -1, -2, 0], [2, -3, 5, 0]]))
    look.look("relu", "ReLU", out)
    look.look("images", "ReLU", torch.ones(2, 3, 4, 4) * torch.tensor([0.0, 1, 0])[None, :, None, None])
    look.look("tanh", "Tanh", torch.tensor([[0.995, -0.995, 0.5, 0.0]]))
    assert told["relu"]["dead"] == 0.5
    assert told["images"]["dead"] == pytest.approx(2 / 3)
    assert told["tanh"]["saturated"] == 0.5
    assert [told[name]["depth"] for name in ("relu", "images", "tanh")] == [0, 1, 2]


@pytest.mark.parametrize("shares", [[0.5, 0.5], [0.9, 0.1], [0.1] * 10, [0.7, 0.2, 0.1], [1.0]], ids=str)
@pytest.mark.parametrize("size", [1, 2, 8, 64])
def test_the_purity_of_shuffled_batches(shares, size):
    generator = np.random.default_rng(7)
    drawn = generator.multinomial(size, shares, size=20_000).max(1) / size
    draws = max(8, min(200, 20_000 // size))
    assert expected_purity(shares, size) == pytest.approx(drawn.mean(), abs=4 * drawn.std() / draws**0.5 + 1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=9), min_size=2, max_size=8))
def test_the_order_of_labels(batches):
    labels = Labels()
    for one in batches:
        labels.add([float(label) for label in one])
    stream = [label for one in batches for label in one]
    pairs = list(pairwise(stream))
    found = labels.figures()
    assert (found["batches"], found["samples"]) == (len(batches), len(stream))
    assert found["changes"] == pytest.approx(sum(a != b for a, b in pairs) / len(pairs))
    assert found["monotone"] == pytest.approx(sum(a <= b for a, b in pairs) / len(pairs))
    assert found["purity"] == pytest.approx(np.mean([max(map(one.count, one)) / len(one) for one in batches]))
    assert found["shares"] == pytest.approx([stream.count(label) / len(stream) for label in sorted(set(stream))])


def test_shuffled_labels_read_as_shuffled_and_sorted_ones_do_not():
    chance = random.Random(1)
    stream = [chance.choice([0.0, 1.0, 2.0]) for _ in range(3200)]
    shuffled, ordered = Labels(), Labels()
    for at in range(0, 3200, 32):
        shuffled.add(stream[at : at + 32])
        ordered.add(sorted(stream)[at : at + 32])
    a, b = shuffled.figures(), ordered.figures()
    assert a["purity"] == pytest.approx(a["purity_expected"], abs=0.02)
    assert a["changes"] == pytest.approx(a["changes_expected"], abs=0.03)
    assert b["purity"] > 0.98
    assert b["monotone"] == 1.0


def test_numbers_are_no_classes():
    labels = Labels()
    labels.add([0.5, 1.5])
    labels.add([2.25, 3.0])
    assert "classes" not in labels.figures()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.uint8, torch.bool])
def test_the_same_sample_is_known_again_in_another_batch(dtype):
    generator = torch.Generator().manual_seed(5)
    samples = torch.randint(0, 256, (50, 3, 9), generator=generator).to(dtype)
    state = torch.get_rng_state()
    prints = Fingerprints(torch)
    alone = [prints.hashes(samples[at : at + 1])[0] for at in range(50)]
    order = torch.randperm(50, generator=generator)
    assert prints.hashes(samples[order]) == [alone[at] for at in order.tolist()]
    assert prints.hashes(samples.transpose(1, 2).contiguous().transpose(1, 2)) == alone
    assert len(set(alone)) == len({tuple(one.flatten().tolist()) for one in samples})
    assert torch.equal(torch.get_rng_state(), state)


def test_samples_that_differ_have_different_fingerprints():
    generator = torch.Generator().manual_seed(6)
    prints = Fingerprints(torch)
    samples = torch.rand(20_000, 12, generator=generator)
    assert len(set(prints.hashes(samples))) == 20_000
    one = torch.zeros(12)
    swapped = torch.stack([one.index_fill(0, torch.tensor(at), 1.0) for at in range(12)])  # the same numbers elsewhere
    assert len(set(prints.hashes(swapped))) == 12


def test_what_is_seen_again():
    prints = Fingerprints(torch)
    data = torch.arange(40.0).reshape(20, 2)
    prints.begin_pass()
    prints.trained(data[:10])
    prints.trained(data[8:12])  # two of them a second time
    prints.begin_pass()
    prints.trained(data[:10])
    prints.validated(data[11:15], 0)
    expected = {"train": 12, "val": 4, "val_seen": 4, "val_in_train": 1, "train_repeats": 2 / 24}
    by_loader = {"loaders": (0,), "loader_val": (4,), "loader_seen": (4,), "loader_in_train": (1,)}
    assert prints.figures() == expected | by_loader


def test_the_figures_of_a_batch():
    table = torch.tensor([[1.0, 5.0, -999.0], [2.0, 5.0, 4.0], [float("nan"), 5.0, 10.0]])
    found = batch_figures(torch, table)
    good = np.array([1, 5, -999, 2, 5, 4, 5, 10])
    assert found["nonfinite"] == pytest.approx(1 / 9)
    assert (found["mean"], found["std"]) == pytest.approx((good.mean(), good.std()))
    assert (found["constant_features"], found["features"], found["sentinels"]) == (1, 3, pytest.approx(1 / 8))
    assert not batch_figures(torch, torch.tensor([0.5, 1.0]))["whole"]
