# case: the noise of each step comes from a generator that begins anew
# expect: duplicate-random-data
# line: 12
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


def noisy_loss(clean):
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(7))
    return F.mse_loss(model(clean + noise), noise)


x = torch.randn(320, 10)
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(320).split(20):
        loss = noisy_loss(x[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
