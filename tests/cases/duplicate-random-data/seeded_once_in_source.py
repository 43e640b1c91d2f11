# case: batches are drawn by one generator that goes on
# expect-not: duplicate-random-data
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Source:
    def __init__(self, seed):
        self.x = torch.randn(300, 6)
        self.y = (self.x[:, 0] > 0).long()
        self.seed = seed
        self.g = torch.Generator().manual_seed(seed)

    def next(self):
        rows = torch.randint(300, (24,), generator=self.g)
        return self.x[rows], self.y[rows]


def train_on(x, y):
    loss = F.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


source = Source(3)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(40):
    train_on(*source.next())
