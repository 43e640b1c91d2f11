"""The X-ray of a graph against what is obvious from the code that made it."""

import pytest
import torch
from torch import nn

from losscompass.watch.xray import chain, key, operation, scale_of, walk

ACT = {"relu": nn.ReLU, "tanh": nn.Tanh, "gelu": nn.GELU, "softplus": nn.Softplus, "none": nn.Identity}


def linears(count, between, width=4):
    layers = []
    for at in range(count):
        layers += [nn.Linear(width, width), ACT[between[at % len(between)]]()]
    return nn.Sequential(*layers[:-1])


@pytest.mark.parametrize(
    "between", [["relu"], ["none"], ["none", "tanh"], ["gelu", "none", "none"], ["softplus"]], ids="-".join
)
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_runs_of_linear_layers(between, count):
    kinds = [between[at % len(between)] for at in range(count - 1)]  # between one layer and the next
    longest = here = 1
    for kind in kinds:
        here = here + 1 if kind == "none" else 1
        longest = max(longest, here)
    seen = walk(nn.functional.mse_loss(linears(count, between)(torch.ones(2, 4)), torch.ones(2, 4)).grad_fn)
    assert (seen.linear_layers, seen.linear_run, seen.nonlinearities) == (
        count,
        longest,
        sum(kind != "none" for kind in kinds),
    )
    assert len(seen.leaves) == 2 * count
    assert [operation(node) for node in seen.loss_nodes] == ["MseLoss"]
    assert not seen.truncated


def test_every_node_is_walked_once_and_counted():
    w = torch.ones(3, 3, requires_grad=True)
    x = torch.ones(3, 3)
    for _ in range(6):
        x = (x @ w) + x.sin()  # many ways lead to each node
    root = x.sum().grad_fn
    nodes, todo = set(), [root]
    while todo:
        node = todo.pop()
        if node not in nodes:
            nodes.add(node)
            todo += [child for child, _ in node.next_functions if child is not None]
    seen = walk(root)
    assert seen.nodes == len(nodes) == sum(seen.ops.values())
    assert seen.known == {key(node) for node in nodes}
    assert [leaf is w for leaf in seen.leaves] == [True]


def test_affine_operations_between_layers_bend_nothing():
    first, second = nn.Linear(4, 6), nn.Linear(3, 1)
    hidden = first(torch.ones(2, 4)) * 2 / 3 - 1
    hidden = hidden.reshape(2, 2, 3).transpose(0, 1).mean(0)
    assert walk(second(hidden).sum().grad_fn).linear_run == 2
    assert walk(second(hidden * hidden).sum().grad_fn).linear_run == 1
    assert walk(second(hidden.abs()).sum().grad_fn).nonlinearities == 1


def test_a_product_of_activations_is_no_layer():
    a, b = nn.Linear(4, 4)(torch.ones(2, 4)), nn.Linear(4, 4)(torch.ones(2, 4))
    seen = walk((a @ b.T).sum().grad_fn)
    assert (seen.linear_layers, seen.linear_run) == (2, 1)


def test_a_nonlinearity_after_the_last_layer_is_none_between():
    assert walk(torch.sigmoid(nn.Linear(2, 2)(torch.ones(1, 2))).sum().grad_fn).nonlinearities == 0


def test_a_very_long_graph_is_cut_off_and_says_so(monkeypatch):
    monkeypatch.setattr("losscompass.watch.xray.LIMIT", 100)
    x = torch.ones((), requires_grad=True)
    for _ in range(5000):
        x = x + 1
    seen = walk(x.grad_fn)
    assert seen.truncated
    assert seen.nodes == 100


def test_the_operations_that_made_a_tensor():
    layer = nn.Linear(3, 3)
    made = torch.softmax(torch.relu(layer(torch.ones(2, 3))), 1)
    assert [operation(node) for node in chain(made.grad_fn)] == ["Softmax", "Relu", "Addmm"]
    assert chain(None) == []


@pytest.mark.parametrize(
    ("make", "factor"),
    [
        (lambda loss: loss, 1),
        (lambda loss: loss / 4, 0.25),
        (lambda loss: loss * 1024.0 / 8, 128),
        (lambda loss: 2 * (loss / 5).clone(), 0.4),
        (lambda loss: loss * torch.tensor(3.0), 3),
        (lambda loss: loss.reshape(1).squeeze() * -1, -1),
        (lambda loss: loss + 1, None),
        (lambda loss: loss * loss, None),
        (lambda loss: loss.sqrt(), None),
        (lambda loss: loss * torch.tensor(2.0, requires_grad=True), None),
    ],
)
def test_the_constant_before_a_loss(make, factor):
    loss = nn.functional.mse_loss(torch.ones(3, requires_grad=True), torch.zeros(3))
    found = scale_of(make(loss).grad_fn, {key(loss.grad_fn)})
    if factor is None:
        assert found is None
    else:
        assert found[0] == pytest.approx(factor)
        assert found[1] == key(loss.grad_fn)


def test_another_loss_is_not_the_one_that_is_meant():
    one, other = (nn.functional.mse_loss(torch.ones(3, requires_grad=True), torch.zeros(3)) for _ in range(2))
    assert scale_of((one / 2).grad_fn, {key(other.grad_fn)}) is None
