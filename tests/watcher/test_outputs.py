"""When outputs are compared with each other, and what is told of embeddings and of made samples."""

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from watching import watched  # noqa: E402

from losscompass.watcher.outputs import compared  # noqa: E402
from losscompass.watcher.xray import all_nodes, key  # noqa: E402

F = nn.functional


def kind(loss_of):
    net = nn.Linear(5, 4)
    a, b, c = (net(torch.randn(6, 5)) for _ in range(3))
    nodes = all_nodes(loss_of(a, b, c).grad_fn)
    return compared(nodes, [key(one.grad_fn) for one in (a, b, c)])[0]


@pytest.mark.parametrize(
    ("expected", "loss_of"),
    [
        ("distance", lambda a, b, c: F.pairwise_distance(a, b).mean()),
        ("distance", F.triplet_margin_loss),
        ("distance", lambda a, b, c: torch.cdist(a, a).mean()),
        ("distance", lambda a, b, c: F.relu((a - b).pow(2).sum(1) - (a - c).pow(2).sum(1) + 1).mean()),
        ("product", lambda a, b, c: F.cosine_similarity(a, b).mean()),
        ("product", lambda a, b, c: F.cosine_embedding_loss(a, b, torch.ones(6))),
        ("product", lambda a, b, c: F.cross_entropy(F.normalize(a) @ F.normalize(b).T, torch.arange(6))),
        ("product", lambda a, b, c: (F.normalize(torch.cat([a, b])) @ F.normalize(torch.cat([a, b])).T).exp().mean()),
        ("", lambda a, b, c: F.mse_loss(a, torch.zeros(6, 4))),
        ("", lambda a, b, c: F.cross_entropy(a, torch.zeros(6, dtype=torch.long))),
        ("", lambda a, b, c: -(1 + a - b.pow(2) - a.exp()).sum()),  # a divergence
        ("", lambda a, b, c: (a[:, 1:] - a[:, :-1]).abs().mean()),  # neighbours within a sample
    ],
)
def test_what_is_compared(expected, loss_of):
    assert kind(loss_of) == expected


def test_embeddings_are_followed_to_the_end():
    with watched() as session:
        net = nn.Linear(5, 4)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        for _ in range(40):
            loss = F.pairwise_distance(net(torch.randn(8, 5)), net(torch.randn(8, 5))).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    looks = session.gathered.named("embedding")
    assert len(looks) >= 5
    assert looks[0]["compares"] == "distance"
    assert looks[-1]["spread"] < looks[0]["spread"]
    assert all(look["input_spread"] > 1 for look in looks)


def test_a_classifier_has_no_embeddings():
    with watched() as session:
        net = nn.Linear(5, 4)
        for _ in range(3):
            F.cross_entropy(net(torch.randn(8, 5)), torch.zeros(8, dtype=torch.long)).backward()
    assert not session.gathered.named("embedding")


@pytest.mark.parametrize("wide", [1.0, 0.0])
def test_made_samples_beside_real_ones(wide):
    with watched() as session:
        maker, critic = nn.Linear(3, 2), nn.Linear(2, 1)
        made = maker(wide * torch.randn(32, 3))
        (critic(torch.randn(32, 2)).mean() - critic(made.detach()).mean()).backward()
    (look,) = session.gathered.named("generated")
    assert (look["network"], look["critic"], look["rows"], look["columns"]) == ("Linear", "Linear", 32, 2)
    assert (look["spread"] > 0.1 * look["real_spread"]) is (wide > 0)
    assert 0 <= look["covered"] <= 1


def test_a_network_that_is_only_followed_makes_nothing():
    with watched() as session:
        teacher, student = nn.Linear(3, 2).requires_grad_(False), nn.Linear(2, 1)
        (student(torch.randn(32, 2)).mean() + student(teacher(torch.randn(32, 3))).mean()).backward()
    assert not session.gathered.named("generated")
