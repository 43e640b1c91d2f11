import math

import pytest

torch = pytest.importorskip("torch", reason="losscompass.functional needs torch")

from torch.nn.functional import cross_entropy  # noqa: E402

from losscompass.functional import distribution_focal_loss  # noqa: E402


@pytest.fixture
def case(draw):
    logits = torch.randn(50, 16, generator=draw, dtype=torch.float64)
    target = torch.rand(50, generator=draw, dtype=torch.float64) * 15
    return logits, target


def interpolated(target, bins):
    """Targets as rows of probabilities: a hat function around every bin."""
    return (1 - (torch.arange(bins, dtype=target.dtype) - target[..., None]).abs()).clamp(min=0)


def test_it_is_cross_entropy_to_the_interpolated_bins(case):
    logits, target = case
    expected = cross_entropy(logits, interpolated(target, 16), reduction="none")
    torch.testing.assert_close(distribution_focal_loss(logits, target, reduction="none"), expected)
    weight = target / 3
    torch.testing.assert_close(distribution_focal_loss(logits, target, weight=weight), (expected * weight).mean())


def test_gradcheck(case):
    logits, target = case
    logits = logits[:6].requires_grad_()
    assert torch.autograd.gradcheck(lambda z: distribution_focal_loss(z, target[:6], reduction="none"), (logits,))


def test_a_uniform_guess_reads_the_logarithm_of_the_bins(case):
    _, target = case
    assert distribution_focal_loss(torch.zeros(50, 16), target).item() == pytest.approx(math.log(16), rel=1e-6)


def test_the_floor_is_the_entropy_of_the_fraction():
    target = torch.tensor([3.25], dtype=torch.float64)
    best = interpolated(target, 16).clamp(min=1e-300).log()
    entropy = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75))
    assert distribution_focal_loss(best, target).item() == pytest.approx(entropy)


def test_targets_at_and_beyond_the_ends_belong_to_the_nearest_bin(case):
    row = case[0][:1]
    for target, bin_ in ((0.0, 0), (-3.0, 0), (15.0, 15), (99.0, 15), (7.0, 7)):
        expected = cross_entropy(row, torch.tensor([bin_]))
        torch.testing.assert_close(distribution_focal_loss(row, torch.tensor([target])), expected)


@pytest.mark.parametrize("scale", [0.0, 1e4, -1e4, 1e30])
def test_extreme_logits_stay_finite(case, scale):
    logits = (case[0] * scale).float().requires_grad_()
    value = distribution_focal_loss(logits, case[1].float())
    assert value.isfinite()
    assert torch.autograd.grad(value, logits)[0].isfinite().all()


def test_half_precision_is_computed_in_single(case):
    logits, target = case
    value = distribution_focal_loss(logits.half(), target.half())
    assert value.dtype == torch.float32
    assert value.item() == pytest.approx(distribution_focal_loss(logits, target).item(), rel=5e-3)


def test_no_objects_read_zero_and_nan_is_not_hidden():
    nothing = torch.zeros(0, 4, 16, requires_grad=True)
    value = distribution_focal_loss(nothing, torch.zeros(0, 4))
    value.backward()
    assert value.item() == 0
    assert distribution_focal_loss(torch.full((1, 16), math.nan), torch.zeros(1)).isnan()


def test_it_compiles_as_one_graph(case):
    compiled = torch.compile(distribution_focal_loss, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(*case), distribution_focal_loss(*case))


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="one target for each row"):
        distribution_focal_loss(torch.zeros(3, 16), torch.zeros(3, 4))
    with pytest.raises(ValueError, match="two bins"):
        distribution_focal_loss(torch.zeros(3, 1), torch.zeros(3))
