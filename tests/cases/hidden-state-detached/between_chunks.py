# case: the state is detached between two chunks only
# expect-not: hidden-state-detached
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.head = nn.GRUCell(1, 12), nn.Linear(12, 1)

    def forward(self, x, h):
        for t in range(x.shape[1]):
            h = self.cell(x[:, t], h)
        return self.head(h), h


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
h = torch.zeros(16, 12)
for i in range(40):
    x = torch.randn(16, 8, 1)
    out, h = model(x, h.detach())
    loss = nn.functional.mse_loss(out, x[:, 0])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
