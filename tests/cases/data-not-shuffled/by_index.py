# case: batches are cut out of a sorted index
# expect: data-not-shuffled
# line: 14
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.randn(400, 10)
y = (x @ torch.randn(10, 4)).argmax(1)
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
order = torch.argsort(y)
for epoch in range(3):
    for i in range(0, 400, 20):
        rows = order[i : i + 20]
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
