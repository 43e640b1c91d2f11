# case: losses of a window of five are summed, then go backward once
# expect-not: loss-accumulates-graph
# expect-not: loss-detached
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(160, 10)
y = x[:, :1] * 2
cell = nn.GRUCell(10, 8)
head = nn.Linear(8, 1)
optimizer = torch.optim.Adam([*cell.parameters(), *head.parameters()], lr=1e-3)

h = torch.zeros(1, 8)
window = 0.0
for t in range(160):
    h = cell(x[t : t + 1], h)
    window = window + F.mse_loss(head(h), y[t : t + 1])
    if (t + 1) % 5 == 0:
        optimizer.zero_grad()
        window.backward()
        optimizer.step()
        h, window = h.detach(), 0.0
