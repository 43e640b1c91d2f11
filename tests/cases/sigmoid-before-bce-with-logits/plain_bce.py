# case: a sigmoid before the loss that wants probabilities
# expect-not: sigmoid-before-bce-with-logits
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(400, 10)
y = (x[:, 0] + x[:, 1] > 0).float()
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    for rows in torch.randperm(400).split(40):
        loss = F.binary_cross_entropy(model(x[rows]).squeeze(1), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
