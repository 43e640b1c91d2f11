# case: step before backward
# expect: update-order-wrong
# line: 19
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(400, 12)
y = x[:, :3].sum(1, keepdim=True)


def train(model, optimizer, epochs=4):
    for _ in range(epochs):
        for xb, yb in zip(x.split(40), y.split(40), strict=True):
            optimizer.zero_grad()
            loss = F.mse_loss(model(xb), yb)
            optimizer.step()
            loss.backward()


net = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 1))
train(net, torch.optim.SGD(net.parameters(), lr=0.01))
