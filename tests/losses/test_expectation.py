import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscompass.losses.expectation import expected_binary_cross_entropy, expected_cross_entropy


def cross_entropy(logits, labels):
    top = logits.max(axis=1, keepdims=True)
    return float((np.log(np.exp(logits - top).sum(1)) + top[:, 0] - logits[np.arange(len(logits)), labels]).mean())


@pytest.mark.parametrize("seed", range(5))
def test_a_cross_entropy_of_independent_labels_reads_it(seed):
    draw = np.random.default_rng(seed)
    logits = draw.normal(1.0, 2.0, (4000, 7))
    priors = draw.dirichlet(np.ones(7))
    expected = expected_cross_entropy(logits, priors)
    read = cross_entropy(logits, draw.choice(7, 4000, p=priors))
    assert abs(read - expected.value) < 4 * expected.standard_error
    assert expected.standard_error < expected.standard_error_elsewhere


def test_its_standard_error_is_the_spread_of_many_draws():
    draw = np.random.default_rng(3)
    logits, priors = draw.normal(0, 1, (200, 4)), np.array([0.4, 0.3, 0.2, 0.1])
    expected = expected_cross_entropy(logits, priors)
    reads = [cross_entropy(logits, draw.choice(4, 200, p=priors)) for _ in range(3000)]
    assert np.std(reads) == pytest.approx(expected.standard_error, rel=0.06)
    assert np.mean(reads) == pytest.approx(expected.value, abs=4 * expected.standard_error / np.sqrt(3000))


def test_even_logits_read_ln_c_without_error():
    expected = expected_cross_entropy(np.full((5, 10), 3.0))
    assert expected.value == pytest.approx(np.log(10))
    assert expected.standard_error == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("weight", [1.0, 5.0])
def test_a_binary_cross_entropy_of_independent_labels_reads_it(weight):
    draw = np.random.default_rng(0)
    logits, shares = draw.normal(-1, 2, (3000, 3)), np.array([0.1, 0.5, 0.9])
    labels = draw.random((3000, 3)) < shares
    expected = expected_binary_cross_entropy(logits, shares, weight)
    read = np.where(labels, weight * np.logaddexp(0, -logits), np.logaddexp(0, logits)).mean()
    assert abs(read - expected.value) < 4 * expected.standard_error
    one = expected_binary_cross_entropy(logits[:, 0], 0.1)
    assert one.value == pytest.approx((np.logaddexp(0, logits[:, 0]) - 0.1 * logits[:, 0]).mean())


@given(st.integers(1, 20), st.integers(2, 6), st.floats(-1e4, 1e4), st.integers(0, 99))
def test_a_shift_of_all_logits_changes_nothing(samples, classes, shift, seed):
    logits = np.random.default_rng(seed).normal(0, 3, (samples, classes))
    one, other = expected_cross_entropy(logits), expected_cross_entropy(logits + shift)
    assert other.value == pytest.approx(one.value, rel=1e-6, abs=1e-6)
    assert one.value >= np.log(classes) - 1e-9  # no network beats chance without the labels


@pytest.mark.parametrize(
    ("logits", "priors"),
    [([[1.0, np.nan]], None), ([1.0, 2.0], None), ([[1.0, 2.0]], [0.5, 0.4]), ([[1.0, 2.0]], [1.0]), ([], None)],
)
def test_what_does_not_fit_is_refused(logits, priors):
    with pytest.raises(ValueError):
        expected_cross_entropy(np.array(logits), priors)


def test_a_share_outside_0_and_1_is_refused():
    with pytest.raises(ValueError):
        expected_binary_cross_entropy(np.zeros(3), 1.5)
