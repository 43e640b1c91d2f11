# case: branches that start at zero get no gradient at first, on purpose
# expect-not: vanishing-gradients
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
y = x[:, :3].argmax(1)


class Residual(nn.Module):
    """Begins as the identity: its last layer is zero."""

    def __init__(self):
        super().__init__()
        self.inner, self.outer = nn.Linear(8, 32), nn.Linear(32, 8)
        nn.init.zeros_(self.outer.weight)

    def forward(self, x):
        return x + self.outer(self.inner(x).relu())


model = nn.Sequential(Residual(), Residual(), Residual(), nn.Linear(8, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(2):
    for rows in torch.randperm(400).split(40):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
