# case: two networks with an optimiser each, and the loss of one is never back-propagated
# expect: backward-missing
# expect-not: loss-detached
# line: 24
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(200, 5)
kind, size = (x[:, 0] > 0).long(), x[:, 1:2] * 2
what, much = (
    nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2)),
    nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1)),
)
kind_steps, size_steps = torch.optim.Adam(what.parameters(), lr=3e-3), torch.optim.Adam(much.parameters(), lr=3e-3)
for rows in torch.randperm(200).repeat(4).split(20):
    kind_loss = F.cross_entropy(what(x[rows]), kind[rows])
    size_loss = F.mse_loss(much(x[rows]), size[rows])
    kind_steps.zero_grad()
    size_steps.zero_grad()
    size_loss.backward()
    size_steps.step()
    kind_steps.step()
