import math

import pytest

torch = pytest.importorskip("torch", reason="losscompass.functional needs torch")

from torch.distributions import Bernoulli, Normal, kl_divergence  # noqa: E402

from losscompass.functional import negative_elbo  # noqa: E402


@pytest.fixture
def case(draw):
    def random(*shape):
        return torch.randn(*shape, generator=draw, dtype=torch.float64)

    return random(6, 3, 4), random(6, 3, 4).sigmoid(), random(6, 5), random(6, 5)


def test_bernoulli_and_gaussian_beside_torch_distributions(case):
    output, target, mean, log_variance = case
    divergence = kl_divergence(Normal(mean, (0.5 * log_variance).exp()), Normal(0.0, 1.0)).sum(1).mean()
    binary = target.round()
    parts = negative_elbo(output, binary, mean, log_variance)
    torch.testing.assert_close(parts.divergence, divergence)
    torch.testing.assert_close(parts.reconstruction, -Bernoulli(logits=output).log_prob(binary).sum((1, 2)).mean())
    parts = negative_elbo(output, target, mean, log_variance, likelihood="gaussian", deviation=0.3, beta=4)
    torch.testing.assert_close(parts.divergence, divergence)
    torch.testing.assert_close(parts.reconstruction, -Normal(output, 0.3).log_prob(target).sum((1, 2)).mean())
    torch.testing.assert_close(parts.total, parts.reconstruction + 4 * parts.divergence)


def test_the_bound_holds_for_a_model_that_can_be_integrated():
    # z ~ N(0, 1), x|z ~ N(z, 1): −ln p(x) is known, and the true posterior N(x/2, 1/2) reaches it.
    torch.manual_seed(0)
    x = torch.tensor([[0.7]], dtype=torch.float64)
    samples = 0.35 + math.sqrt(0.5) * torch.randn(200_000, 1, dtype=torch.float64)
    parts = negative_elbo(
        samples,
        x.expand_as(samples),
        (x / 2).expand_as(samples),
        torch.full_like(samples, math.log(0.5)),
        likelihood="gaussian",
    )
    exact = 0.5 * math.log(2 * math.pi * 2) + 0.7**2 / 4
    error = (0.5 * (samples - x).square()).std().item() / math.sqrt(len(samples))
    assert abs(parts.total.item() - exact) < 4 * error


def test_start_and_collapse():
    parts = negative_elbo(torch.zeros(8, 784), torch.rand(8, 784), torch.zeros(8, 20), torch.zeros(8, 20))
    assert parts.reconstruction.item() == pytest.approx(784 * math.log(2), rel=1e-6)
    assert parts.divergence.item() == 0


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_gradcheck(case, likelihood):
    output, target, mean, log_variance = case
    inputs = [x.clone().requires_grad_() for x in (output, mean, log_variance)]
    assert torch.autograd.gradcheck(
        lambda o, m, v: negative_elbo(o, target, m, v, likelihood=likelihood, beta=2).total, inputs
    )


@pytest.mark.parametrize("log_variance", [-1e4, -100.0, 0.0, 29.9, 30.1, 100.0, 1e4])
def test_extreme_variances_stay_finite_and_ordered(log_variance):
    inputs = [torch.full((2, 3), x, requires_grad=True) for x in (1e4, log_variance, log_variance + 1)]
    zeros = torch.zeros(2, 3)
    here = negative_elbo(inputs[0], zeros, zeros, inputs[1])
    above = negative_elbo(inputs[0], zeros, zeros, inputs[2])
    assert (above.divergence > here.divergence) == (log_variance >= 0)
    gradients = torch.autograd.grad(here.total, inputs[:2])
    assert here.total.isfinite()
    assert all(gradient.isfinite().all() for gradient in gradients)


def test_half_precision_nothing_and_nan(case):
    assert negative_elbo(*(x.half() for x in case)).total.dtype == torch.float32
    nothing = torch.zeros(0, 3)
    assert negative_elbo(nothing, nothing, nothing, nothing).total.item() == 0
    assert negative_elbo(*(torch.full((1, 2), math.nan) for _ in range(4))).total.isnan()


def test_it_compiles_as_one_graph(case):
    compiled = torch.compile(lambda *x: negative_elbo(*x).total, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(*case), negative_elbo(*case).total)


def test_what_does_not_fit_is_refused(case):
    output, target, mean, log_variance = case
    with pytest.raises(ValueError, match="must agree"):
        negative_elbo(output[:, :1], target, mean, log_variance)
    with pytest.raises(ValueError, match="positive"):
        negative_elbo(output, target, mean, log_variance, deviation=0)
    with pytest.raises(ValueError, match="laplace"):
        negative_elbo(output, target, mean, log_variance, likelihood="laplace")
