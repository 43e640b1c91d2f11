"""Which views mix axes up, and what layers that read sequences are given."""

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402
from watching import watched  # noqa: E402

from losscompass.watcher.layout import scramble  # noqa: E402

F = nn.functional


@pytest.mark.parametrize(
    ("before", "after", "axis", "regroups"),
    [
        ((24, 20, 32), (24, 4, 20, 8), 20, True),  # heads without a transpose
        ((24, 4, 20, 8), (24, 20, 32), 20, True),  # and back
        ((8, 3, 28), (8, 28, 3), 28, False),
        ((64, 28, 28, 3), (64, 3, 28, 28), 3, False),
        ((2, 1, 3, 4), (2, 4, 1, 3), 4, False),  # an axis of one is none
    ],
)
def test_views_that_mix_axes_up(before, after, axis, regroups):
    found = scramble(before, after)
    assert (found.axis, found.regroups) == (axis, regroups)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((24, 20, 32), (24, 20, 4, 8)),
        ((24, 20, 4, 8), (24, 20, 32)),
        ((24, 20, 32), (480, 32)),
        ((6, 32, 64), (6, 128, 16)),  # heads and samples as one axis
        ((7, 4, 16), (7, 4, 4, 4)),  # as many heads as steps: nothing can be told
        ((8, 256, 6, 6), (8, 1152, 8)),  # capsules
        ((3, 4), (4, 4)),  # no view at all
        ((0, 3), (3, 0)),
        ((), ()),
    ],
)
def test_views_that_split_and_merge(before, after):
    assert scramble(before, after) is None


class Attention(nn.Module):
    def __init__(self, turned):
        super().__init__()
        self.mix, self.out, self.turned = nn.Linear(8, 8), nn.Linear(8, 2), turned

    def forward(self, x):
        z = self.mix(x)
        z = z.view(len(x), 6, 2, 4).transpose(1, 2) if self.turned else z.view(len(x), 2, 6, 4)
        return self.out(F.softmax(z, -1).mean(2).flatten(1))


@pytest.mark.parametrize("turned", [True, False])
def test_the_graph_tells_of_a_view_that_mixes_axes_up(turned):
    with watched() as session:
        model = Attention(turned)
        loss = F.cross_entropy(model(torch.randn(5, 6, 8)), torch.zeros(5, dtype=torch.long))
        loss.backward()
    (graph,) = session.gathered.named("graph")
    assert ("scrambled_from" in graph) is not turned
    if not turned:
        assert (graph["scrambled_from"], graph["scrambled_to"]) == ((5, 6, 8), (5, 2, 6, 4))


@pytest.mark.parametrize("shuffle", [True, False])
def test_what_a_recurrent_layer_is_given(shuffle):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn, self.head = nn.GRU(3, 4), nn.Linear(4, 2)

        def forward(self, x):
            return self.head(self.rnn(x)[0][:, -1])

    with watched() as session:
        model, data = Net(), TensorDataset(torch.randn(12, 7, 3), torch.zeros(12, dtype=torch.long))
        loader = DataLoader(data, batch_size=4, shuffle=shuffle)
        x, y = next(iter(loader))
        F.cross_entropy(model(x), y).backward()
    (call,) = session.gathered.named("sequence-call")
    rows = 4 if shuffle else -1  # not drawn at random: it may be time that the loader goes along
    assert call == {"class": "GRU", "batch_first": False, "shape": (4, 7, 3), "loader_rows": rows, "targets": 4}


def test_images_brought_into_shape_by_view():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 2, 3)

        def forward(self, x):
            return self.conv(x.view(-1, 3, 8, 8)).mean((2, 3))

    with watched() as session:
        F.cross_entropy(Net()(torch.randn(4, 8, 8, 3)), torch.zeros(4, dtype=torch.long)).backward()
    (layout,) = session.gathered.named("layout")
    assert (layout["scrambled_from"], layout["scrambled_to"]) == ((4, 8, 8, 3), (4, 3, 8, 8))
