"""Readings of the losses of classes beside torch: the start at even outputs, the best constant found numerically, the floor."""

import math

import numpy as np
import pytest

from losscompass.losses.all import find
from losscompass.losses.base import Setting
from losscompass.losses.classification.multi_margin import best_constant as best_margin

torch = pytest.importorskip("torch")
F = torch.nn.functional
EXACT = 1e-6
N, C = 6000, 7


def readings(name, **setting):
    loss = find(name)
    return loss.readings(loss, Setting(**setting))


def best(loss, outputs):
    """min over a constant x of loss(x), by a search that knows nothing of the closed form."""
    x = torch.zeros(outputs, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([x], max_iter=500, tolerance_grad=1e-13, line_search_fn="strong_wolfe")

    def closure():
        search.zero_grad()
        value = loss(x)
        value.backward()
        return value

    for _ in range(4):
        search.step(closure)
    return float(loss(x).detach())


@pytest.fixture(scope="module")
def labels():
    return torch.multinomial(
        torch.softmax(torch.randn(C, generator=torch.Generator().manual_seed(0)), 0),
        N,
        replacement=True,
        generator=torch.Generator().manual_seed(1),
    )


@pytest.fixture(scope="module")
def shares(labels):
    return (torch.bincount(labels, minlength=C) / N).double().numpy()


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.4])
@pytest.mark.parametrize("weighed", [False, True])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_cross_entropy(labels, shares, smoothing, weighed, reduction):
    weights = np.linspace(0.2, 4, C) if weighed else None
    given = {"label_smoothing": smoothing, "reduction": reduction}
    if weighed:
        given["weight"] = torch.from_numpy(weights)
    read = readings("cross-entropy", priors=shares, weights=weights, smoothing=smoothing, reduction=reduction, count=N)
    even = torch.zeros(N, C, dtype=torch.float64)
    assert read.start == pytest.approx(float(F.cross_entropy(even, labels, **given)), rel=EXACT)
    assert read.baseline == pytest.approx(
        best(lambda x: F.cross_entropy(x.expand(N, C), labels, **given) / (N if reduction == "sum" else 1), C)
        * (N if reduction == "sum" else 1),
        rel=EXACT,
    )
    # the best answer to each class: the smoothed, weighed target itself
    w = np.ones(C) if weights is None else weights
    own = smoothing * w / C + np.diag((1 - smoothing) * w)
    answers = torch.from_numpy(np.log(np.maximum(own / own.sum(1, keepdims=True), 1e-300)))
    assert read.floor == pytest.approx(float(F.cross_entropy(answers[labels], labels, **given)), rel=EXACT, abs=EXACT)


@pytest.mark.parametrize(("classes", "start"), [(3, 1.0986), (10, 2.3026), (100, 4.6052), (50257, 10.8249)])
def test_the_start_of_a_cross_entropy_is_ln_c(classes, start):
    read = readings("cross-entropy", classes=classes)
    assert read.start == pytest.approx(start, abs=5e-5)
    assert read.notes == ("priors-unknown",)


@pytest.mark.parametrize(("classes", "floor"), [(2, 0.1985), (10, 0.5003), (1000, 1.0148)])
def test_label_smoothing_lifts_the_floor(classes, floor):
    assert readings("cross-entropy", classes=classes, smoothing=0.1).floor == pytest.approx(floor, abs=5e-5)


def test_inverse_frequency_weights_bring_the_best_constant_back_to_ln_c(shares):
    assert readings("nll", priors=shares, weights=1 / shares).baseline == pytest.approx(math.log(C), rel=EXACT)


def test_nll(labels, shares):
    read = readings("nll", priors=shares)
    even = torch.full((N, C), -math.log(C), dtype=torch.float64)
    assert read.start == pytest.approx(float(F.nll_loss(even, labels)), rel=EXACT)
    assert read.baseline == pytest.approx(
        best(lambda x: F.nll_loss(x.log_softmax(0).expand(N, C), labels), C), rel=EXACT
    )


@pytest.mark.parametrize("name", ["bce", "bce-with-logits"])
@pytest.mark.parametrize("weight", [1.0, 0.3, 9.0])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_binary_cross_entropy_of_one_label_or_several(name, weight, smoothing):
    target = (torch.rand(N, 3, generator=torch.Generator().manual_seed(2)) < torch.tensor([0.1, 0.5, 0.8])).double()
    shares = target.mean(0).numpy()
    soft = (1 - smoothing) * target + smoothing / 2
    positive = torch.full((3,), weight, dtype=torch.float64)

    def loss(x):
        return F.binary_cross_entropy_with_logits(x.expand(N, 3), soft, pos_weight=positive)

    read = readings(name, priors=shares, positive_weight=weight, smoothing=smoothing)
    assert read.start == pytest.approx(float(loss(torch.zeros(3, dtype=torch.float64))), rel=EXACT)
    assert read.baseline == pytest.approx(best(loss, 3), rel=EXACT)
    if not smoothing:
        assert read.floor == 0
    elif weight == 1:
        assert read.floor == pytest.approx(float(F.binary_cross_entropy(soft, soft)), rel=EXACT)


def test_a_binary_floor_with_soft_targets_is_their_entropy():
    target = torch.rand(N, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    entropy = float(F.binary_cross_entropy(target, target))
    read = readings("bce", priors=np.array([float(target.mean())]), parameters={"target-entropy": entropy})
    assert read.floor == pytest.approx(entropy)
    assert read.floor < read.baseline < read.start + 1e-12


@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_kl_divergence(temperature):
    target = torch.softmax(torch.randn(N, C, generator=torch.Generator().manual_seed(3), dtype=torch.float64), 1)
    entropy = float(-(target * target.log()).sum(1).mean())
    given = {"target-entropy": entropy, "temperature": temperature}
    read = readings("kl-divergence", priors=target.mean(0).numpy(), parameters=given)

    def loss(x):
        return temperature**2 * F.kl_div(x.log_softmax(0).expand(N, C), target, reduction="batchmean")

    assert read.start == pytest.approx(float(loss(torch.zeros(C, dtype=torch.float64))), rel=EXACT)
    assert read.baseline == pytest.approx(best(loss, C), rel=EXACT)
    assert read.floor == 0


@pytest.mark.parametrize(("name", "power"), [("hinge", 1), ("squared-hinge", 2)])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.7])
def test_hinge(name, power, share):
    signs = np.where(np.arange(1000) < share * 1000, 1.0, -1.0)
    scores = np.linspace(-2, 2, 4001)
    losses = (np.maximum(0, 1 - signs[:, None] * scores) ** power).mean(0)
    read = readings(name, priors=np.array([share]))
    assert read.start == pytest.approx(losses[2000])
    assert read.baseline == pytest.approx(losses.min(), abs=1e-6)


def test_multi_margin_starts_below_one(labels, shares):
    read = readings("multi-margin", priors=shares)
    even = torch.zeros(N, C, dtype=torch.float64)
    assert read.start == pytest.approx(float(F.multi_margin_loss(even, labels)), rel=EXACT)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("margin", [1.0, 0.3])
def test_the_best_constant_of_multi_margin_is_that_of_a_linear_programme(seed, margin):
    """Subgradient steps and a grid of whole levels never find anything lower, and the grid finds the same."""
    draw = np.random.default_rng(seed)
    shares = draw.dirichlet(np.full(5, 0.6))
    levels = np.stack(np.meshgrid(*[np.arange(5.0)] * 5), -1).reshape(-1, 5) * margin
    labels = torch.arange(5)

    def reading(scores):  # mean over the labels, each counted by its share
        each = F.multi_margin_loss(scores.expand(5, 5), labels, margin=margin, reduction="none")
        return float(each @ torch.from_numpy(shares))

    gaps = np.maximum(0, margin - levels[:, :, None] + levels[:, None, :])
    grid = ((gaps.sum(2) - margin) / 5) @ shares
    found = readings("multi-margin", priors=shares, parameters={"margin": margin}).baseline
    assert found == pytest.approx(grid.min(), abs=1e-12)
    assert found == pytest.approx(reading(torch.from_numpy(levels[grid.argmin()])), abs=1e-9)
    for _ in range(200):  # no scores between the levels are better
        assert reading(torch.from_numpy(draw.normal(0, 1, 5))) >= found - 1e-12


def test_the_best_constant_of_multi_margin_for_many_classes():
    assert best_margin(np.full(1000, 1 / 1000)) == pytest.approx(0.999)


def focal(logits, target, alpha, gamma):
    p = torch.sigmoid(logits)
    weight = 1.0 if alpha < 0 else alpha * target + (1 - alpha) * (1 - target)
    right = p * target + (1 - p) * (1 - target)
    surprise = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return (weight * (1 - right) ** gamma * surprise).mean()


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 5.0])
@pytest.mark.parametrize("alpha", [0.25, -1.0, 0.9])
@pytest.mark.parametrize("share", [0.5, 0.1, 0.01])
def test_focal(gamma, alpha, share):
    target = (torch.arange(1000) < share * 1000).double()
    read = readings("focal", priors=np.array([share]), parameters={"gamma": gamma, "alpha": alpha})
    even = torch.zeros(1000, dtype=torch.float64)
    assert read.start == pytest.approx(float(focal(even, target, alpha, gamma)), rel=EXACT)
    assert read.baseline == pytest.approx(best(lambda x: focal(x.expand(1000), target, alpha, gamma), 1), rel=1e-5)


@pytest.mark.parametrize(
    ("share", "alpha", "baseline"),
    [(0.1, 0.25, 0.03111), (0.01, 0.25, 0.00542), (0.001, 0.25, 0.00077), (0.1, -1, 0.08782), (0.01, -1, 0.01732)],
)
def test_the_best_constant_of_focal_is_not_the_share(share, alpha, baseline):
    read = readings("focal", priors=np.array([share]), parameters={"alpha": alpha})
    assert read.baseline == pytest.approx(baseline, abs=6e-6)


@pytest.mark.parametrize("gamma", [0.0, 1.0, 2.0, 4.0])
def test_focal_over_classes(shares, gamma):
    priors = torch.from_numpy(shares)
    read = readings("focal", priors=shares, parameters={"gamma": gamma, "softmax": 1})

    def loss(x):
        p = x.softmax(0)
        return (priors * (1 - p) ** gamma * -p.log()).sum()

    assert read.start == pytest.approx((1 - 1 / C) ** gamma * math.log(C), rel=EXACT)
    assert read.baseline == pytest.approx(best(loss, C), rel=1e-5)


def faults(name, **setting):
    loss = find(name)
    found = {}
    for fault in loss.faults:
        found.setdefault(fault.cause, fault.value(Setting(**setting)))
    return found


@pytest.mark.parametrize(("classes", "value"), [(2, 0.3133), (3, 0.5514), (4, 0.7437), (10, 1.4612), (1000, 5.9095)])
def test_two_softmaxes_name_themselves(classes, value):
    perfect = torch.eye(classes, dtype=torch.float64)
    read = float(F.cross_entropy(perfect, torch.arange(classes)))
    assert faults("cross-entropy", classes=classes)["softmax-twice"] == pytest.approx(read, rel=EXACT)
    assert read == pytest.approx(value, abs=1e-4)


def test_two_sigmoids_name_themselves():
    target = (torch.arange(1000) < 100).double()
    read = float(F.binary_cross_entropy_with_logits(target, target))
    assert faults("bce-with-logits", priors=np.array([0.1]))["sigmoid-twice"] == pytest.approx(read, rel=EXACT)
    assert read == pytest.approx(0.6552, abs=1e-4)


def test_probabilities_where_logarithms_belong_name_themselves():
    even = torch.full((10, C), 1 / C, dtype=torch.float64)
    read = float(F.nll_loss(even, torch.zeros(10, dtype=torch.long)))
    assert faults("nll", classes=C)["probabilities-as-logarithms"] == pytest.approx(read, rel=EXACT)
    target = torch.eye(C, dtype=torch.float64)
    read = float(F.kl_div(even[:C], target, reduction="batchmean"))
    assert faults("kl-divergence", classes=C)["probabilities-as-logarithms"] == pytest.approx(read, rel=EXACT)


def test_the_clamp_of_torch_names_itself():
    read = float(F.binary_cross_entropy(torch.zeros(4), torch.ones(4)))
    assert faults("bce")["clamped-logarithm"] == read


@pytest.mark.parametrize("classes", [10, 32000, 50257])
def test_bfloat16_names_itself(classes):
    logits = torch.zeros(1, classes, dtype=torch.bfloat16)
    read = float(F.cross_entropy(logits, torch.tensor([0])))
    named = faults("cross-entropy", classes=classes)["half-precision-loss"]
    assert named is None or named == read
    assert (named is None) == (abs(read / math.log(classes) - 1) < 1e-3)


def test_hinge_with_labels_0_and_1_names_itself():
    assert faults("hinge", priors=np.array([0.1]))["labels-zero-one"] == pytest.approx(0.9)
