# case: four masked means, each divided by four
# expect-not: gradient-accumulation-wrong
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(256, 6)
y = x @ torch.randn(6, 2)
known = (torch.rand(256, 2) > 0.2).float()
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
for epoch in range(4):
    for at, rows in enumerate(torch.randperm(256).split(8), 1):
        loss = ((model(x[rows]) - y[rows]) ** 2 * known[rows]).sum() / known[rows].sum()
        (loss / 4).backward()
        if at % 4 == 0:
            nn.utils.clip_grad_norm_(model.parameters(), 20.0)
            optimizer.step()
            optimizer.zero_grad()
