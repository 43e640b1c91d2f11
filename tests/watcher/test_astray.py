"""Which softmax cannot be meant along its axis, where layers are made, and who goes on with whose tensors."""

import linecache

import pytest

torch = pytest.importorskip("torch")
from losscompass.watcher.astray import softmax_astray  # noqa: E402
from losscompass.watcher.definitions import line_of, of_model  # noqa: E402
from losscompass.watcher.loop import Loop  # noqa: E402
from losscompass.watcher.places import Places  # noqa: E402
from losscompass.watcher.tensors import ROW, stride  # noqa: E402
from losscompass.watcher.xray import all_nodes  # noqa: E402

F = torch.nn.functional


def scores(*shape):
    return torch.randn(*shape, requires_grad=True)


def astray(loss):
    return softmax_astray(all_nodes(loss.grad_fn))


def test_log_softmax_over_the_batch():
    found = astray(F.nll_loss(F.log_softmax(scores(8, 3), dim=0), torch.zeros(8, dtype=torch.long)))
    assert (found.axis, found.axes) == (0, 2)


def test_attention_over_the_heads():
    weights = F.softmax(scores(2, 4, 5, 5), dim=1)
    found = astray((F.dropout(weights, 0.1) @ torch.randn(2, 4, 5, 3)).sum())
    assert (found.axis, found.axes) == (1, 4)


@pytest.mark.parametrize(
    "loss",
    [
        lambda: F.cross_entropy(scores(8, 3), torch.zeros(8, dtype=torch.long)),
        lambda: F.cross_entropy(scores(8, 3, 6), torch.zeros(8, 6, dtype=torch.long)),
        lambda: F.nll_loss(F.log_softmax(scores(2, 6, 3), -1).view(-1, 3), torch.zeros(12, dtype=torch.long)),
        lambda: torch.sum(F.softmax(scores(2, 4, 5, 5), dim=-1) @ torch.randn(2, 4, 5, 3)),
        lambda: torch.sum(F.softmax(scores(2, 4, 5, 5), dim=-2) @ torch.randn(2, 4, 5, 3)),  # over the queries
        lambda: torch.sum(
            F.softmax(scores(6, 8), dim=0).unsqueeze(-1) * torch.randn(6, 8, 3)
        ),  # time is the first axis
        lambda: F.nll_loss(F.log_softmax(scores(5, 5), dim=0), torch.arange(5)),  # pairs, both ways
        lambda: F.softmax(scores(5), dim=0).square().sum(),
    ],
)
def test_softmaxes_that_are_meant(loss):
    assert astray(loss()) is None


def test_the_only_line_that_makes_a_layer(tmp_path):
    file = tmp_path / "net.py"
    file.write_text("# nn.Dropout(0.9)\na = nn.Dropout(0.1)\nb = nn.Dropout(0.9)\nc = nn.GRU(3, 3)\n", "utf-8")
    linecache.checkcache(str(file))
    places = Places(str(tmp_path))
    near = places.spot_of(compile("", str(file), "exec"), 1)
    net = torch.nn.ModuleList([torch.nn.Dropout(0.1), torch.nn.Dropout(0.9), torch.nn.GRU(3, 3)])
    found = of_model(places, net, near)
    assert found["dropout"].line == 3
    assert found["recurrent"].line == 4
    assert "batch_norm" not in found
    assert line_of(places, near, "Dropout(") is None  # two lines have it
    assert line_of(places, None, "GRU(") is None


def test_an_optimiser_goes_on_where_the_one_before_it_stopped():
    loop, weight = Loop(Places()), torch.nn.Parameter(torch.ones(3))
    weight.grad = torch.ones(3)
    for number in range(3):
        optimizer = torch.optim.Adam([weight])
        state = loop.made(optimizer, None)
        assert state.follows == number - 1
        for _ in range(2):
            loop.before_step(optimizer, 1, closure=False)
            loop.after_step(state)
    assert loop.position == 6
    assert loop.made(torch.optim.Adam([torch.nn.Parameter(torch.ones(3))]), None).follows == -1


def test_samples_are_taken_at_odd_strides():
    assert stride(ROW) == 1
    assert all(stride(size) % 2 == 1 and -(-size // stride(size)) <= ROW for size in (1025, 4096, 8192, 65_536, 10**7))
