import math

import pytest

torch = pytest.importorskip("torch", reason="losscompass.functional needs torch")

from losscompass.functional import varifocal_loss  # noqa: E402


@pytest.fixture
def case(draw):
    logits = torch.randn(40, generator=draw, dtype=torch.float64) * 2
    target = torch.rand(40, generator=draw, dtype=torch.float64) * (torch.arange(40) % 3 == 0)
    return logits, target


def on_paper(logit, q, alpha=0.75, gamma=2.0):
    p = 1 / (1 + math.exp(-logit))
    if q > 0:
        return -q * (q * math.log(p) + (1 - q) * math.log(1 - p))
    return -alpha * p**gamma * math.log(1 - p)


def test_the_value_is_the_papers(case):
    for alpha, gamma in ((0.75, 2.0), (0.25, 1.5)):
        expected = [on_paper(z, q, alpha, gamma) for z, q in zip(*(x.tolist() for x in case), strict=True)]
        got = varifocal_loss(*case, alpha=alpha, gamma=gamma, reduction="none")
        torch.testing.assert_close(got, torch.tensor(expected, dtype=torch.float64))


def test_an_even_guess(case):
    assert varifocal_loss(torch.zeros(1), torch.tensor([0.7])).item() == pytest.approx(0.7 * math.log(2))
    assert varifocal_loss(torch.zeros(1), torch.zeros(1)).item() == pytest.approx(0.75 * 0.25 * math.log(2))


def test_gradcheck(case):
    logits, target = case
    assert torch.autograd.gradcheck(lambda z: varifocal_loss(z, target, reduction="none"), (logits.requires_grad_(),))
    assert torch.autograd.gradcheck(lambda z: varifocal_loss(z, target, gamma=0.5), (logits,))


@pytest.mark.parametrize("logit", [-1e30, -1e4, -200.0, 0.0, 200.0, 1e4, 1e30])
@pytest.mark.parametrize("gamma", [0.5, 2.0])
def test_extreme_logits_stay_finite(logit, gamma):
    logits = torch.full((3,), logit, requires_grad=True)
    value = varifocal_loss(logits, torch.tensor([0.0, 0.5, 1.0]), gamma=gamma)
    assert value.isfinite()
    assert torch.autograd.grad(value, logits)[0].isfinite().all()


def test_reductions_half_precision_and_nan(case):
    values = varifocal_loss(*case, reduction="none")
    torch.testing.assert_close(varifocal_loss(*case, reduction="sum"), values.sum())
    torch.testing.assert_close(varifocal_loss(*case), values.mean())
    assert varifocal_loss(case[0].half(), case[1].half()).dtype == torch.float32
    assert varifocal_loss(torch.zeros(0), torch.zeros(0)).item() == 0
    assert varifocal_loss(torch.full((1,), math.nan), torch.zeros(1)).isnan()
    with pytest.raises(ValueError, match="must agree"):
        varifocal_loss(torch.zeros(3), torch.zeros(3, 1))


def test_it_compiles_as_one_graph(case):
    compiled = torch.compile(varifocal_loss, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(*case), varifocal_loss(*case))
