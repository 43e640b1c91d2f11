# case: the total is a number, and each batch is back-propagated by itself
# expect-not: loss-accumulates-graph
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(256, 6)
y = x @ torch.randn(6, 2)
known = (torch.rand(256, 2) > 0.2).float()
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
total = 0.0
for epoch in range(3):
    for at, rows in enumerate(torch.randperm(256).split(8), 1):
        loss = ((model(x[rows]) - y[rows]) ** 2 * known[rows]).sum() / known[rows].sum()
        total = total + loss.item()
        (loss / 4).backward(retain_graph=True)
        if at % 4 == 0:
            optimizer.step()
            optimizer.zero_grad()
            total = 0.0
