"""Start, baseline and floor of each loss, measured: real implementations on drawn data, best constants by search.

No closed form is used here: the start is what untrained outputs read, the baseline the least value of a constant output
found by minimisation, the floor what the best possible output reads.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  (its common name)
from torch import Tensor

from losscompass import functional
from losscompass.losses.base import Setting, TargetStatistics

EXACT = 1e-6  # relative, for what is no matter of chance
Loss1 = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Measured:
    """A value, and how far the formula may be from it: 4 standard errors where it was drawn, else EXACT."""

    value: float
    allowed: float


@dataclass(frozen=True, slots=True)
class Case:
    """One loss in one setting. None: there is nothing to measure, or no way that is not the formula again."""

    setting: Setting
    start: Measured | None = None
    baseline: Measured | None = None
    floor: Measured | None = None


def exact(value: Tensor | float, tolerance: float = EXACT) -> Measured:
    value = float(value)
    return Measured(value, tolerance * max(1.0, abs(value)))


def drawn(values: Tensor) -> Measured:
    """The mean of independent values, which may miss by four standard errors."""
    return Measured(float(values.mean()), 4 * float(values.std()) / math.sqrt(values.numel()) + EXACT)


def lowest(loss: Loss1, low: float, high: float) -> Measured:
    """The least value over one number, by a grid and then golden sections."""
    grid = torch.linspace(low, high, 201, dtype=torch.float64)
    best = int(torch.stack([loss(x) for x in grid]).argmin())
    left, right = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, 200)])
    golden = (math.sqrt(5) - 1) / 2
    for _ in range(60):
        one, two = right - golden * (right - left), left + golden * (right - left)
        if float(loss(torch.tensor(one, dtype=torch.float64))) < float(loss(torch.tensor(two, dtype=torch.float64))):
            right = two
        else:
            left = one
    inside = torch.tensor((left + right) / 2, dtype=torch.float64)
    return exact(min(float(loss(inside)), float(loss(grid[best]))))


def lowest_of_many(loss: Loss1, *shape: int) -> Measured:
    """The least value over several numbers, of a smooth loss."""
    point = torch.zeros(*shape, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([point], max_iter=500, tolerance_grad=1e-12, line_search_fn="strong_wolfe")

    def step() -> Tensor:
        search.zero_grad()
        value = loss(point)
        value.backward()
        return value

    for _ in range(4):
        search.step(step)
    return exact(loss(point.detach()))


def statistics(values: Tensor, noise: float = 0.0) -> TargetStatistics:
    array = values.numpy()
    return TargetStatistics(
        mean=float(array.mean()),
        variance=float(array.var()),
        mean_absolute_deviation=float(np.abs(array - np.median(array)).mean()),
        mean_absolute=float(np.abs(array).mean()),
        minimum=float(array.min()),
        maximum=float(array.max()),
        noise_variance=noise,
        values=array,
    )


def cases() -> Iterator[tuple[str, Case]]:
    """Every loss that can be measured, by id."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # many small operations: on a busy machine threads mostly wait for one another
    torch.manual_seed(0)
    try:
        for family in (_numbers, _classes, _embeddings, _masks, _boxes, _generators, _agents, _penalties):
            yield from family()
    finally:
        torch.set_num_threads(threads)


def _numbers() -> Iterator[tuple[str, Case]]:
    y = torch.randn(4001, dtype=torch.float64) * 2 + 1
    target, zero = statistics(y), torch.zeros(4001, dtype=torch.float64)

    def of_error(loss: Callable[[Tensor, Tensor], Tensor], **parameters: float) -> Case:
        return Case(
            Setting(target=target, parameters=parameters),
            exact(loss(zero, y)),
            lowest(lambda c: loss(c.expand_as(y), y), -9, 9),
            exact(loss(y, y)),
        )

    yield "mse", of_error(F.mse_loss)
    yield "rmse", of_error(lambda p, t: F.mse_loss(p, t).sqrt())
    yield "mae", of_error(F.l1_loss)
    yield "huber", of_error(lambda p, t: F.huber_loss(p, t, delta=1.5), delta=1.5)
    yield "smooth-l1", of_error(lambda p, t: F.smooth_l1_loss(p, t, beta=0.5), beta=0.5)
    yield "pinball", of_error(lambda p, t: torch.maximum(0.9 * (t - p), -0.1 * (t - p)).mean(), quantile=0.9)

    def gaussian(mean_and_log_variance: Tensor) -> Tensor:
        mean, log_variance = mean_and_log_variance
        return F.gaussian_nll_loss(mean.expand_as(y), y, log_variance.exp().expand_as(y))

    yield (
        "gaussian-nll",
        Case(
            Setting(target=target),
            exact(gaussian(torch.zeros(2, dtype=torch.float64))),
            lowest_of_many(gaussian, 2),
            exact(F.gaussian_nll_loss(y, y, zero)),
        ),
    )
    counts = torch.poisson(torch.rand(4000, dtype=torch.float64) * 6)
    yield (
        "poisson-nll",
        Case(
            Setting(target=statistics(counts)),
            exact(F.poisson_nll_loss(torch.zeros_like(counts), counts)),
            lowest(lambda c: F.poisson_nll_loss(c.expand_as(counts), counts), -5, 5),
            exact(F.poisson_nll_loss(counts.clamp(min=1e-300).log(), counts)),
        ),
    )


def _classes() -> Iterator[tuple[str, Case]]:
    t = (torch.rand(4000, dtype=torch.float64) < 0.2).double()
    share, sign = float(t.mean()), 2 * t - 1
    priors, sure = np.array([share]), 60 * sign

    def of_logit(loss: Loss1, low: float = -8.0, high: float = 8.0, **setting: object) -> Case:
        return Case(
            Setting(priors=priors, **setting),  # type: ignore[arg-type]
            exact(loss(torch.zeros_like(t))),
            lowest(lambda c: loss(c.expand_as(t)), low, high),
            exact(loss(sure)),
        )

    weight = torch.tensor(3.0, dtype=torch.float64)
    yield "bce", of_logit(lambda z: F.binary_cross_entropy(z.sigmoid(), t))
    yield (
        "bce-with-logits",
        of_logit(lambda z: F.binary_cross_entropy_with_logits(z, t, pos_weight=weight), positive_weight=3.0),
    )
    yield "hinge", of_logit(lambda z: F.relu(1 - sign * z).mean(), -2, 2)
    yield "squared-hinge", of_logit(lambda z: F.relu(1 - sign * z).square().mean(), -2, 2)

    def focal(z: Tensor) -> Tensor:
        right = torch.where(t > 0, z, -z)
        return ((0.25 * t + 0.75 * (1 - t)) * (-right).sigmoid().square() * F.softplus(-right)).mean()

    yield "focal", of_logit(focal)

    count, n = 10, 6000
    drawn_shares = torch.softmax(torch.randn(count, dtype=torch.float64), 0)
    y = torch.multinomial(drawn_shares, n, replacement=True)
    pi = (torch.bincount(y, minlength=count) / n).double()
    w, zero = torch.rand(count, dtype=torch.float64) * 4 + 0.1, torch.zeros(n, count, dtype=torch.float64)

    def cross_entropy(z: Tensor) -> Tensor:
        return F.cross_entropy(z, y, weight=w, label_smoothing=0.1)

    yield (
        "cross-entropy",
        Case(
            Setting(classes=count, priors=pi.numpy(), weights=w.numpy(), smoothing=0.1),
            exact(cross_entropy(zero)),
            lowest_of_many(lambda c: cross_entropy(c.expand(n, count)), count),
            lowest_of_many(lambda table: cross_entropy(table[y]), count, count),
        ),
    )

    def nll(z: Tensor) -> Tensor:
        return F.nll_loss(z.log_softmax(1), y, weight=w)

    yield (
        "nll",
        Case(
            Setting(classes=count, priors=pi.numpy(), weights=w.numpy()),
            exact(nll(zero)),
            lowest_of_many(lambda c: nll(c.expand(n, count)), count),
            exact(nll(60 * F.one_hot(y, count).double())),
        ),
    )
    soft = torch.softmax(torch.randn(n, count, dtype=torch.float64), 1)

    def kl(z: Tensor) -> Tensor:
        return F.kl_div(z.log_softmax(1), soft, reduction="batchmean")

    own = float(torch.special.entr(soft).sum(1).mean())
    yield (
        "kl-divergence",
        Case(
            Setting(classes=count, priors=soft.mean(0).numpy(), parameters={"target-entropy": own}),
            exact(kl(zero)),
            lowest_of_many(lambda c: kl(c.expand(n, count)), count),
            exact(kl(soft.log())),
        ),
    )
    few = y[y < 4]
    scores = torch.cartesian_prod(*[torch.arange(4.0, dtype=torch.float64)] * 4)  # best scores are whole numbers
    best = min(float(F.multi_margin_loss(row.expand(len(few), 4), few)) for row in scores)
    yield (
        "multi-margin",
        Case(
            Setting(classes=4, priors=(torch.bincount(few, minlength=4) / len(few)).double().numpy()),
            exact(F.multi_margin_loss(torch.zeros(len(few), 4, dtype=torch.float64), few)),
            exact(best),
            exact(F.multi_margin_loss(2 * F.one_hot(few, 4).double(), few)),
        ),
    )


def _embeddings() -> Iterator[tuple[str, Case]]:
    width, n = 128, 100_000
    a, p, q = F.normalize(torch.randn(3, n, width), dim=-1)
    one = a[:1].expand(64, width).double()

    def triplet(anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_loss(anchor, positive, negative, margin=0.2, reduction="none")

    yield (
        "triplet",
        Case(
            Setting(parameters={"margin": 0.2, "dimension": width}),
            drawn(triplet(a, p, q)),
            exact(triplet(one, one, one).mean()),
            exact(triplet(one, one, -one).mean()),
        ),
    )

    def soft_margin(anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.softplus(F.pairwise_distance(anchor, positive) - F.pairwise_distance(anchor, negative))

    yield (
        "soft-margin-triplet",
        Case(
            Setting(parameters={"dimension": width}),
            drawn(soft_margin(a, p, q)),
            exact(soft_margin(one, one, one).mean()),
            exact(soft_margin(one, one, -1e3 * one).mean()),
        ),
    )
    same = (torch.rand(n) < 0.3).float()

    def contrastive(distance: Tensor, alike: Tensor) -> Tensor:
        return alike * distance.square() + (1 - alike) * F.relu(1.5 - distance).square()

    yield (
        "contrastive",
        Case(
            Setting(priors=np.array([float(same.double().mean())]), parameters={"margin": 1.5, "dimension": width}),
            drawn(contrastive(F.pairwise_distance(a, p), same)),
            lowest(lambda d: contrastive(d, same.double()).mean(), 0, 2),
            exact(contrastive(2 * (1 - same.double()), same.double()).mean()),
        ),
    )
    batch, temperature = 1024, 0.07
    own = torch.arange(batch)
    similar = a[:batch] @ p[:batch].T / temperature
    opposed = (2 * torch.eye(batch, dtype=torch.float64) - 1) / temperature
    yield (
        "info-nce",
        Case(
            Setting(classes=batch, parameters={"temperature": temperature, "dimension": width}),
            drawn(F.cross_entropy(similar, own, reduction="none")),
            exact(F.cross_entropy(torch.full((batch, batch), 1 / temperature, dtype=torch.float64), own)),
            exact(F.cross_entropy(opposed, own)),
        ),
    )


def _masks() -> Iterator[tuple[str, Case]]:
    mask = (torch.rand(20_000, dtype=torch.float64) < 0.1).double()
    priors = np.array([float(mask.mean())])

    def of_probability(loss: Loss1, **parameters: float) -> Case:
        return Case(
            Setting(priors=priors, parameters=parameters),
            exact(loss(torch.full_like(mask, 0.5))),
            lowest(lambda c: loss(c.expand_as(mask)), 1e-9, 1),
            exact(loss(mask)),
        )

    def tversky(p: Tensor, false_alarm: float = 0.3, miss: float = 0.7) -> Tensor:
        shared = (p * mask).sum()
        return 1 - shared / (shared + false_alarm * (p * (1 - mask)).sum() + miss * ((1 - p) * mask).sum())

    yield "dice", of_probability(lambda p: 1 - 2 * (p * mask).sum() / (p.sum() + mask.sum()))
    yield "soft-iou", of_probability(lambda p: 1 - (p * mask).sum() / (p + mask - p * mask).sum())
    yield "tversky", of_probability(tversky, alpha=0.3, beta=0.7)


def _boxes() -> Iterator[tuple[str, Case]]:
    pair = torch.rand(2, 2, 2, 400_000, dtype=torch.float64).sort(dim=1).values.reshape(2, 4, -1)
    for loss in (functional.iou_loss, functional.giou_loss, functional.diou_loss, functional.ciou_loss):

        def of_centred(inset: Tensor, loss: Callable[..., Tensor] = loss) -> Tensor:
            box = torch.stack([inset, inset, 1 - inset, 1 - inset])[:, None].expand_as(pair[1])
            return loss(box, pair[1], dim=0, reduction="none")

        insets = torch.linspace(0.05, 0.45, 81, dtype=torch.float64)
        best = min((of_centred(inset) for inset in insets), key=lambda values: float(values.mean()))
        yield (
            loss.__name__.removesuffix("_loss"),
            Case(
                Setting(),
                drawn(loss(pair[0], pair[1], dim=0, reduction="none")),
                drawn(best),
                exact(loss(pair[1], pair[1], dim=0)),
            ),
        )
    quality, positive = 0.7, (torch.rand(4000, dtype=torch.float64) < 0.2).double()
    q = quality * positive
    known = torch.where(positive > 0, math.log(quality / (1 - quality)), -60.0)
    yield (
        "varifocal",
        Case(
            Setting(priors=np.array([float(positive.mean())]), parameters={"quality": quality}),
            exact(functional.varifocal_loss(torch.zeros_like(q), q)),
            lowest(lambda c: functional.varifocal_loss(c.expand_as(q), q), -8, 8),
            exact(functional.varifocal_loss(known, q)),
        ),
    )
    bins, place = 16, torch.rand(4000, dtype=torch.float64) * 15
    hats = (1 - (torch.arange(bins) - place[:, None]).abs()).clamp(min=0)
    yield (
        "dfl",
        Case(
            Setting(target=statistics(place)),
            exact(functional.distribution_focal_loss(torch.zeros_like(hats), place)),
            lowest_of_many(lambda c: functional.distribution_focal_loss(c.expand_as(hats), place), bins),
            exact(functional.distribution_focal_loss(hats.clamp(min=1e-300).log(), place)),
        ),
    )
    # The start of the sum depends on how the assigner meets an untrained net's boxes; the floor does not.
    sides = torch.rand(20_000, 4, dtype=torch.float64) * 15
    hats = (1 - (torch.arange(bins) - sides[..., None]).abs()).clamp(min=0)
    box = pair[1].T[:20_000]
    found = torch.eye(3, dtype=torch.float64)[torch.randint(3, (20_000,))]
    best_sum = functional.detection_loss(120 * found - 60, found, box, box, hats.clamp(min=1e-300).log(), sides).total
    spread = 1.5 * functional.distribution_focal_loss(hats.clamp(min=1e-300).log(), sides, reduction="none")
    yield "detection-composite", Case(Setting(classes=3), floor=Measured(float(best_sum), drawn(spread).allowed))


def _generators() -> Iterator[tuple[str, Case]]:
    def logistic(z: Tensor) -> Tensor:
        return F.softplus(-z[0]).mean() + F.softplus(z[1]).mean()

    def squares(z: Tensor) -> Tensor:
        return 0.5 * (F.mse_loss(z[0], torch.ones_like(z[0])) + F.mse_loss(z[1], torch.zeros_like(z[1])))

    def hinges(z: Tensor) -> Tensor:
        return F.relu(1 - z[0]).mean() + F.relu(1 + z[1]).mean()

    def critic(z: Tensor) -> Tensor:
        return z[1].mean() - z[0].mean()

    zero = torch.zeros(2, 8, dtype=torch.float64)
    told = torch.tensor([1.0, -1.0], dtype=torch.float64)[:, None].expand(2, 8)
    for name, loss, best in (
        ("gan-bce", logistic, 60 * told),
        ("gan-least-squares", squares, (told + 1) / 2),
        ("gan-hinge", hinges, told),
        ("gan-wasserstein", critic, None),
    ):
        yield (
            name,
            Case(
                Setting(),
                exact(loss(zero)),
                lowest(lambda c, loss=loss: loss(c.expand(2, 8)), -0.9, 0.9),
                None if best is None else exact(loss(best)),
            ),
        )

    pixels = 64
    x = (torch.rand(500, pixels, dtype=torch.float64) < torch.rand(pixels, dtype=torch.float64)).double()
    latent = torch.zeros(500, 4, dtype=torch.float64)

    def elbo(z: Tensor) -> Tensor:
        return functional.negative_elbo(z, x, latent, latent).total

    yield (
        "vae-elbo",
        Case(
            Setting(priors=x.mean(0).numpy(), parameters={"pixels": pixels}),
            exact(elbo(torch.zeros_like(x))),
            lowest_of_many(lambda c: elbo(c.expand_as(x)), pixels),
            exact(elbo(120 * x - 60)),
        ),
    )

    # Independent normal pixels, noised by the linear schedule of arXiv 2006.11239.
    n, std, mean = 400_000, 0.5, 0.0
    clean = torch.randn(n, dtype=torch.float64) * std + mean
    noise = torch.randn(n, dtype=torch.float64)
    kept = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64), 0)
    kept = kept[torch.randint(1000, (n,))]
    noisy = kept.sqrt() * clean + (1 - kept).sqrt() * noise
    # For jointly normal values the best answer is the projection on what is seen.
    spread = kept * std**2 + 1 - kept
    guess_noise, guess_clean = (1 - kept).sqrt() * noisy / spread, kept.sqrt() * std**2 * noisy / spread
    target = TargetStatistics(
        mean=mean,
        variance=std**2,
        mean_absolute_deviation=std * math.sqrt(2 / math.pi),
        mean_absolute=std * math.sqrt(2 / math.pi),
        minimum=float(clean.min()),
        maximum=float(clean.max()),
    )
    setting = Setting(target=target, parameters={"independent": 1.0})
    velocity = kept.sqrt() * noise - (1 - kept).sqrt() * clean
    guess_velocity = kept.sqrt() * guess_noise - (1 - kept).sqrt() * guess_clean
    for name, wanted, guess in (
        ("diffusion-epsilon", noise, guess_noise),
        ("diffusion-x0", clean, guess_clean),
        ("diffusion-v", velocity, guess_velocity),
    ):
        yield (
            name,
            Case(
                setting,
                drawn(wanted.square()),
                drawn((wanted - wanted.mean()).square()),
                drawn((wanted - guess).square()),
            ),
        )

    vocabulary, n = 300, 3000
    tokens = torch.multinomial(1 / torch.arange(1, vocabulary + 1, dtype=torch.float64), n, replacement=True)
    seen = torch.bincount(tokens, minlength=vocabulary) / n
    yield (
        "language-model",
        Case(
            Setting(classes=vocabulary, priors=seen.double().numpy()),
            exact(F.cross_entropy(torch.zeros(n, vocabulary, dtype=torch.float64), tokens)),
            lowest_of_many(lambda c: F.cross_entropy(c.expand(n, vocabulary), tokens), vocabulary),
            exact(F.cross_entropy(60 * F.one_hot(tokens, vocabulary).double(), tokens)),
        ),
    )


def _agents() -> Iterator[tuple[str, Case]]:
    returns = torch.randn(4000, dtype=torch.float64) * 3 + 5
    advantages = (returns - returns.mean()) / returns.std()
    policy = torch.distributions.Categorical(logits=torch.zeros(4000, 6, dtype=torch.float64))
    log_probability = policy.log_prob(torch.randint(6, (4000,)))
    yield "policy-gradient", Case(Setting(), exact(-(log_probability * advantages).mean()))
    ratio = (log_probability - log_probability).exp()
    surrogate = -torch.minimum(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages).mean()
    value_term, entropy = F.mse_loss(torch.zeros_like(returns), returns), policy.entropy().mean()
    parameters = {"value_coefficient": 0.5, "entropy_coefficient": 0.01}
    yield (
        "ppo",
        Case(
            Setting(classes=6, target=statistics(returns), parameters=parameters),
            exact(surrogate + 0.5 * value_term - 0.01 * entropy),
        ),
    )
    yield (
        "value",
        Case(
            Setting(target=statistics(returns), parameters={"factor": 1.0}),
            exact(value_term),
            lowest(lambda c: F.mse_loss(c.expand_as(returns), returns), -20, 20),
            exact(F.mse_loss(returns, returns)),
        ),
    )


def _penalties() -> Iterator[tuple[str, Case]]:
    weights = torch.stack([torch.nn.Linear(64, 32).weight.detach().flatten() for _ in range(300)])
    setting = Setting(parameters={"inputs": 64, "outputs": 32})
    zero = exact(torch.zeros(32, 64).abs().sum())
    yield "l1-penalty", Case(setting, drawn(weights.abs().sum(1)), None, zero)
    yield "l2-penalty", Case(setting, drawn(weights.square().sum(1)), None, zero)
