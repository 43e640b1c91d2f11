"""What the user's source says: how values are followed, and what good engineers write that looks like a fault."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from watched_runs import loop, watched

from losscompass.diagnose.diagnosis import NotChecked
from losscompass.diagnose.engine import apply
from losscompass.evidence.records import Event
from losscompass.rules.all import ALL
from losscompass.rules.source import constant, program
from losscompass.rules.source.averages import blends
from losscompass.rules.source.metrics import constant_comparisons, divisions, named_scores
from losscompass.rules.source.roles import Roles

OURS = ("metric-wrong", "model-selection-on-train", "ema-misconfigured")
OURS += ("weight-tying-wrong", "policy-gradient-wrong", "augmentation-breaks-labels")
RULES = {rule.id: rule for rule in ALL if rule.id in OURS}


def source(text, name="train.py"):
    return Event("source", 1.0, {"file": name, "text": text})


def read(text):
    return program(watched(source(text)))


def value(text, name):
    it = read(text)
    file = it.files[0]
    (last,) = (
        node for node in ast.walk(file.tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name
    )
    return constant(it, file, last.args[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("use(0.9)", 0.9),
        ("a = 3\nuse(1 - 2 ** -a)", 0.875),
        ("for a in x: pass\nuse(a)", None),
        ("a = 1\nif b: a = 2\nuse(a)", None),
        ("def f(d=0.99):\n    use(d)\nf()", 0.99),
        ("def f(d=0.99):\n    use(d)\nf(0.5)\nf(d=0.5)", 0.5),
        ("def f(d=0.99):\n    use(d)\nf(0.5)\nf()", None),
        ("p.add_argument('--ema-decay', type=float, default=0.9)\nuse(args.ema_decay)", 0.9),
        ("class C:\n    decay: float = 0.9\nuse(cfg.decay)", 0.9),
        (
            "class E:\n    def __init__(self, m, decay=0.9):\n        self.decay = decay\n    def go(self):\n        use(self.decay)\nE(m, decay=0.7)",
            0.7,
        ),
        ("use(1 / 0)", None),
        ("use(10 ** 400)", None),
    ],
)
def test_numbers_in_the_source(text, expected):
    assert value(text, "use") == (None if expected is None else pytest.approx(expected))


OVER = "d = 0.99\nfor s, f in zip(a.parameters(), b.parameters()):\n    "


@pytest.mark.parametrize(
    "line",
    [
        "s.mul_(d).add_(f, alpha=1 - d)",
        "s.data.mul_(d).add_((1 - d) * f.data)",
        "s.data = d * s.data + (1 - d) * f.data",
        "s.lerp_(f, 1 - d)",
        "s.copy_(s * d + f * (1.0 - d))",
        "s += (1 - d) * (f - s)",
        "s -= (1 - d) * (s - f)",
        "s *= d; s += (1 - d) * f",
        "s.data.mul_(d); s.data.add_(f.data, alpha=1 - d)",
        "new = d * s + (1 - d) * f; s.data = new.clone()",
    ],
)
def test_averages_in_many_ways(line):
    (one,) = blends(read(OVER + line))
    assert (one.keep, one.take) == (pytest.approx(0.99), pytest.approx(0.01))


@pytest.mark.parametrize(
    "line",
    [
        "s.copy_(f)",
        "s.data -= 0.1 * s.grad",
        "s += f / 4",
        "total += s.numel()",
        "v = 0.9 * v + 0.1 * s.grad",
        "name = name.replace('a', 'b')",
        "s.mul_(0.999)",
        "s.add_(torch.randn_like(s), alpha=0.01)",
    ],
)
def test_what_is_no_average(line):
    assert blends(read(OVER + line)) == []


@pytest.mark.parametrize(
    "line",
    [
        "torch.sigmoid(x) > 0.5",
        "(x > 0)",
        "assert (torch.sigmoid(x) >= 0).all()",
        "torch.relu(x) > 0",
        "torch.sigmoid(x) - 0.5 > 0",
        "torch.softmax(x, 1)[:, 1] > 0.1",
        "p = torch.sigmoid(x)\np = p - p.mean()\np > 0",
    ],
)
def test_comparisons_that_tell_something(line):
    assert list(constant_comparisons(read(line))) == []


@pytest.mark.parametrize(
    "line", ["torch.sigmoid(x) > 0", "F.softmax(x, 1)[:, 1] >= 0.0", "x.sigmoid().squeeze() > 1", "0 < x.sigmoid()"]
)
def test_comparisons_that_tell_nothing(line):
    assert len(list(constant_comparisons(read(line)))) == 1


def divided(text):
    it = read(text)
    return [one.form for one in divisions(it, Roles(it, watched(loop())), {"loader": 5}, {})]


def test_divisions():
    body = "t = 0\nfor x, y in loader:\n    t += (m(x).argmax(1) == y).sum().item()\n"
    assert divided(body + "    n = len(y)\nacc = t / n") == ["last-batch"]
    assert divided(body + "    n += len(y)\nacc = t / n") == []
    assert divided(body + "acc = t / len(loader)") == ["count-over-batches"]
    assert divided(body + "acc = t / len(loader.dataset)") == []
    assert divided("for i, (x, y) in enumerate(loader):\n    t += f(x)\nprint(t / i)") == ["last-index"]
    assert divided("for i, (x, y) in enumerate(loader):\n    t += f(x)\nprint(t / (i + 1))") == []
    assert divided("for i, (x, y) in enumerate(loader, 1):\n    t += f(x)\nprint(t / i)") == []


def test_scores_by_their_names():
    assert [one.form for one in named_scores(read("precision = tp / (tp + fn)"))] == ["named-score"]
    assert list(named_scores(read("precision = tp / (tp + fp)\nrecall = tp / (tp + fn + 1e-8)"))) == []
    assert [one.form for one in named_scores(read("union = a.sum() + b.sum()\niou = inter / union"))] == ["named-score"]
    assert (
        list(named_scores(read("union = a.sum() + b.sum() - inter\niou = inter / union\niou = 2 * inter / (a + b)")))
        == []
    )


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda one: one.id)
def test_without_a_source_nothing_is_said(rule):
    assert isinstance(apply(rule, watched(loop()), strict=True), NotChecked)
    assert isinstance(apply(rule, watched(loop(), source("for (")), strict=True), NotChecked)
    assert apply(rule, watched(loop(), source("print('nothing')")), strict=True) == ()


PIECES = (
    "x = x", "loss.backward()", "total += loss.item()", "for x, y in loader:", "    n = len(y)", "if loss < best:", "    best = loss",
    "def f(x, d=0.9):", "    return f(x)", "class A(B):", "    def __init__(self):", "        self.a = nn.Embedding(2, 3)",
    "while True:", "    break", "a, (b, *c) = d, e", "acc = total / n", "s.mul_(d).add_(f, alpha=1 - d)", "x[0][1] = y", "lambda a, b: a * b",
    "[i for i in range(3) for j in i]", "with torch.no_grad() as g:", "    pass", "try:", "    x = 1", "except E:", "    y = x.flip(0)",
    "returns.append(g)", "g = r + gamma * g", "dist.log_prob(dist.sample())", "env.step(a)", "dist.sample()", "return (x, y)", "def f(f): return f(f)",
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.integers(0, 3)), max_size=14))
def test_no_text_makes_a_rule_raise(lines):
    kept = []
    for piece, depth in lines:  # what can be parsed so far
        for level in range(depth, -1, -1):
            text = "\n".join([*kept, "    " * level + piece])
            try:
                ast.parse(text if not piece.endswith(":") else text + " pass")
            except SyntaxError:
                continue
            kept.append("    " * level + (piece + " pass" if piece.endswith(":") else piece))
            break
    run = watched(loop(), source("\n".join(kept)))
    for rule in RULES.values():
        assert repr(apply(rule, run, strict=True)) == repr(apply(rule, run, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "+".join(["a"] * 5000),
        "(" * 300,
        "f(" * 80 + ")" * 80,
        "\x00",
        "if a:\n" + "".join(" " * i + "if a:\n" for i in range(1, 90)) + " " * 90 + "x",
    ],
)
def test_strange_texts(text):
    for rule in RULES.values():
        apply(rule, watched(loop(), source(text)), strict=True)
