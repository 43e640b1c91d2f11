# case: several labels at once, sums over parts, gradient accumulation
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(480, 12)
y = (x @ torch.randn(12, 6) > 0.5).float()
trunk = nn.Sequential(nn.Linear(12, 32), nn.SiLU())
heads = nn.ModuleList([nn.Linear(32, 3), nn.Linear(32, 3)])
optimizer = torch.optim.Adam([{"params": trunk.parameters()}, {"params": heads.parameters(), "lr": 5e-3}], lr=2e-3)
criterion = nn.BCEWithLogitsLoss()
for epoch in range(5):
    for i, rows in enumerate(torch.randperm(480).split(24)):
        h = trunk(x[rows])
        parts = [criterion(head(h), y[rows][:, 3 * k : 3 * k + 3]) for k, head in enumerate(heads)]
        (sum(parts) / 2 / 2).backward()
        if i % 2 == 1:
            optimizer.step()
            optimizer.zero_grad()
