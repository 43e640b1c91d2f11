# case: two networks against each other under names that do not say so, one kept still while the other learns from it
# expect-not: loss-oscillation
# expect-not: loss-flat
# expect-not: loss-divergence
# expect-not: composite-part-stalled
# expect-not: data-not-shuffled
# expect-not: overfitting
import torch
from torch import nn
from torch.nn.functional import softplus

torch.manual_seed(0)
painter = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
judge = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))
first = torch.optim.Adam(painter.parameters(), lr=5e-3, betas=(0.5, 0.99))
second = torch.optim.Adam(judge.parameters(), lr=5e-3, betas=(0.5, 0.99))
for step in range(250):
    angle = 6.28 * torch.rand(64)
    seen = torch.stack([angle.cos(), angle.sin()], 1)
    with torch.no_grad():
        made = painter(torch.randn(64, 4))
    loss = softplus(-judge(seen)).mean() + softplus(judge(made)).mean()
    second.zero_grad()
    loss.backward()
    second.step()
    cost = softplus(-judge(painter(torch.randn(64, 4)))).mean()
    first.zero_grad()
    cost.backward()
    first.step()
