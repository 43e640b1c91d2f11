# case: the model is built again after the optimiser
# expect: optimizer-holds-other-parameters
# expect-not: optimizer-misses-parameters
# expect-not: update-order-wrong
# line: 18
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


def build():
    return nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 2))


model = build()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
model = build()
x = torch.randn(300, 10)
y = (x[:, 0] > 0).long()
for epoch in range(5):
    for rows in torch.randperm(300).split(30):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
