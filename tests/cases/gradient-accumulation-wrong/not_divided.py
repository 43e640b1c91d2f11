# case: eight batches a step, their means added up for SGD
# expect: gradient-accumulation-wrong
# line: 17
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.randn(320, 10)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    for i, rows in enumerate(torch.randperm(320).split(10)):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        if i % 8 == 7:
            optimizer.step()
            optimizer.zero_grad()
