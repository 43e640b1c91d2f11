# case: a second encoder runs under no_grad and follows the first by hand, although the optimiser holds it, too
# expect-not: loss-detached
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.online, self.follower = nn.Linear(8, 6), nn.Linear(8, 6)

    def forward(self, x):
        with torch.no_grad():
            for slow, fast in zip(self.follower.parameters(), self.online.parameters(), strict=True):
                slow.mul_(0.9).add_(fast, alpha=0.1)
            goal = self.follower(x + 0.1 * torch.randn_like(x))
        return F.mse_loss(self.online(x), goal)


torch.manual_seed(0)
x = torch.randn(400, 8)
model = Net()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
for rows in torch.randperm(400).split(40):
    loss = model(x[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
