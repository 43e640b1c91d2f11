"""Where in the source a thing comes from, who was broadcast against whom, and loops that step by hand."""

import linecache
from textwrap import dedent

import pytest

torch = pytest.importorskip("torch")
from losscompass.watcher import origins  # noqa: E402
from losscompass.watcher.broadcast import repeated  # noqa: E402
from losscompass.watcher.by_hand import ByHand  # noqa: E402
from losscompass.watcher.places import Places  # noqa: E402

MADE = iter(range(1000))


def written(code, needle):
    """The place of the first line with the needle, in a file of that code."""
    file = f"/home/someone/made_{next(MADE)}.py"
    lines = [line + "\n" for line in dedent(code).strip().split("\n")]
    linecache.cache[file] = (1, None, lines, file)
    at = next(number for number, line in enumerate(lines, 1) if needle in line)
    return Places().spot_of(compile("", file, "exec"), at)


def line(spot):
    return "" if spot is None else linecache.getline(spot.code.co_filename, spot.line).strip()


@pytest.mark.parametrize(
    ("code", "seeds"),
    [
        ("for x in loader:\n    torch.manual_seed(0)\n    out = model(x)", "torch.manual_seed(0)"),
        (
            "for x in loader:\n    rng = np.random.default_rng(SEED)\n    out = model(x)",
            "rng = np.random.default_rng(SEED)",
        ),
        ("for x in loader:\n    torch.manual_seed(args.seed)\n    out = model(x)", "torch.manual_seed(args.seed)"),
        ("def step(x):\n    np.random.seed(1)\n    out = model(x)", "np.random.seed(1)"),
        (
            "def noise(x):\n    random.seed(3)\n    return x\nfor x in data:\n    out = model(noise(x))",
            "random.seed(3)",
        ),
        (
            (
                "def draw():\n    g = Generator().manual_seed(7)\n    return rows(g)\n"
                "def step(x):\n    out = model(x)\nfor _ in range(9):\n    step(draw())"
            ),
            "g = Generator().manual_seed(7)",
        ),
        (
            (
                "def draw():\n    g = Generator().manual_seed(7)\n    return rows(g)\n"
                "def step(x):\n    out = model(x)\nfor _ in range(9):\n    x = draw()\n    step(x)"
            ),
            "g = Generator().manual_seed(7)",
        ),
        (
            (
                "def shown():\n    g = Generator().manual_seed(7)\n    return rows(g)\n"
                "def step(x):\n    out = model(x)\nfor x in loader:\n    step(x)\n    show(shown())"
            ),
            "",
        ),
        (
            (
                "def draw():\n    g = Generator().manual_seed(7)\n    return rows(g)\n"
                "def step(x):\n    out = model(x)\nx = draw()\nstep(x)"
            ),
            "",
        ),
        ("torch.manual_seed(0)\nfor x in loader:\n    out = model(x)", ""),
        ("for epoch in range(3):\n    torch.manual_seed(0)\n    for x in loader:\n        out = model(x)", ""),
        ("for step in range(9):\n    torch.manual_seed(step)\n    out = model(x)", ""),
        ("for x in loader:\n    seed = draw()\n    torch.manual_seed(seed)\n    out = model(x)", ""),
        ("for x in loader:\n    self.seed += 1\n    torch.manual_seed(self.seed)\n    out = model(x)", ""),
        ("def step(x, seed):\n    torch.manual_seed(seed)\n    out = model(x)", ""),
        ("for x in loader:\n    out = model(x)\n    if step % 9 == 0:\n        torch.manual_seed(0)", ""),
        ("for x in loader:\n    env.seed(0)\n    out = model(x)", ""),
        ("out = model(x)", ""),
        ("this is no Python\nout = model(x)", ""),
    ],
)
def test_what_seeds_each_step(code, seeds):
    assert line(origins.seeding(Places(), written(code, "model("))) == seeds


@pytest.mark.parametrize(
    ("code", "decides"),
    [
        (
            "order = y.argsort()\nfor i in steps:\n    rows = order[i:j]\n    loss = f(net(x[rows]), y[rows])",
            "order = y.argsort()",
        ),
        ("for i in steps:\n    xb, yb = x[i:j], y[i:j]\n    loss = f(net(xb), yb)", "xb, yb = x[i:j], y[i:j]"),
        ("for i in steps:\n    loss = f(net(x[i:j]), y[i:j])", ""),
        ("loss = f(net(x), y)", ""),
        ("for xb, yb in loader:\n    loss = f(net(xb), yb)", ""),
    ],
)
def test_what_decides_the_order(code, decides):
    assert line(origins.ordering(Places(), written(code, "loss ="))) == decides


def test_the_only_line_that_freezes():
    assert (
        line(origins.freezing(Places(), written("a\nfor p in q:\n    p.requires_grad = False", "a")))
        == "p.requires_grad = False"
    )
    assert line(origins.freezing(Places(), written("a\nnet.requires_grad_(False)  # keep", "a"))).startswith("net.")
    assert origins.freezing(Places(), written("a\nb.requires_grad_(False)\nc.requires_grad_(False)", "a")) is None
    assert origins.freezing(Places(), written("a\n# b.requires_grad_(False)\nc.requires_grad_(True)", "a")) is None


def test_rewards_and_who_acts_for_them():
    assert origins.acts_for_reward(written("state, reward, done = env.step(action)", "env"))
    assert not origins.acts_for_reward(written("loss = rewards(chosen) - rewards(rejected)", "loss"))
    assert not origins.acts_for_reward(written("action = 1", "action"))
    assert not origins.acts_for_reward(None)


class Held(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.size = 3
        self.layers = [torch.nn.Linear(3, 3) for _ in range(2)]
        self.named = {"a": torch.nn.Conv1d(1, 1, 1)}


@pytest.mark.parametrize(("kind", "begins"), [("Linear", "self.layers = ["), ("Conv1d", "self.named = {")])
def test_who_holds_an_unregistered_layer(kind, begins):
    model = Held()
    layer = model.layers[1] if kind == "Linear" else model.named["a"]
    found = origins.holder(Places(), model, torch.nn.Module, {id(layer.weight)})
    assert line(found).startswith(begins)
    assert origins.holder(Places(), model, torch.nn.Module, {1}) is None


def column(*shape):
    return torch.nn.Linear(4, 1)(torch.randn(6, 4)).reshape(*shape)


@pytest.mark.parametrize(
    "loss",
    [
        ((column(6, 1) - torch.randn(6)) ** 2).mean,
        lambda: (torch.randn(6) - column(6, 1)).abs().mean(),
        lambda: (column(6) - torch.randn(6, 1)).pow(2).sum() / 6,
        lambda: ((column(6, 1, 1) - torch.randn(6, 1)) ** 2).mean() + 0.1,
        lambda: -(column(6) * torch.randn(6, 1)).mean(),
    ],
)
def test_both_sides_repeated(loss):
    found = repeated(loss().grad_fn)
    assert found is not None
    assert found.made[:2] == (6, 6)


@pytest.mark.parametrize(
    "loss",
    [
        ((column(6, 1) - torch.randn(6, 1)) ** 2).mean,
        ((column(6) - torch.randn(())) ** 2).mean,
        ((column(6, 1) - torch.randn(6, 3)) ** 2).mean,  # one prediction against several targets
        ((column(6)[:, None] - column(6)[None, :]) ** 2).mean,  # all pairs, on purpose
        (column(6, 1) - torch.randn(1, 9)).abs().min(1).values.mean,  # a nearest neighbour
        (column(6, 1) * torch.randn(1, 9)).mean,
        (column(6, 1) * 2.0).mean,
        lambda: torch.exp(-((column(6, 1) - torch.randn(6)) ** 2)).mean(),  # a kernel
        lambda: column(6).sum(),
    ],
)
def test_not_both_sides_repeated(loss):
    assert repeated(loss().grad_fn) is None


@pytest.mark.parametrize(("clears", "onto_old"), [("never", 4), ("none", 0), ("zero", 0), ("accumulates", 0)])
def test_steps_by_hand(clears, onto_old):
    w, hand = torch.ones(5, requires_grad=True), ByHand()
    hand.reached([w])
    for at in range(5):
        hand.before_backward()
        (w.sum() ** 2).backward()
        hand.after_backward()
        if clears == "accumulates":
            continue
        w.data -= 0.01 * w.grad
        if clears == "none":
            w.grad = None
        if clears == "zero":
            w.grad.zero_()
        assert at < 5
    assert hand.steps == (0 if clears == "accumulates" else 4)
    assert hand.onto_old == onto_old
