# case: one of several lines that set weights draws them far too wide
# expect: bad-initialisation
# line: 16
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(256, 16)
y = (x[:, 0] > 0).long()
model = nn.Sequential(nn.Linear(16, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2))
for name, p in model.named_parameters():
    if p.ndim == 1:
        nn.init.zeros_(p)
    else:
        nn.init.normal_(p, std=3.0)
model[4].bias.data[1] = 0.1
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(4):
    for rows in torch.randperm(256).split(32):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
