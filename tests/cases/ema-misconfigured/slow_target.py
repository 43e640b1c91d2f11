# case: a target network may lag: it is called in every step
# expect-not: ema-misconfigured
import copy

import torch
from torch import nn

torch.manual_seed(0)

tau = 1e-4
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
target = copy.deepcopy(net).requires_grad_(False)
first = copy.deepcopy(net)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(120):
    state, reward = torch.randn(32, 4), torch.randn(32)
    with torch.no_grad():
        wanted = reward + 0.9 * target(torch.randn(32, 4)).max(1).values
    loss = nn.functional.mse_loss(net(state).max(1).values, wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    for a, b in zip(target.parameters(), net.parameters(), strict=True):
        a.data.mul_(1 - tau).add_(tau * b.data)
