# case: L-BFGS with a closure
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(200, 5)
y = torch.tanh(x[:, :1] - x[:, 1:2])
model = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.5, max_iter=4)


def closure():
    optimizer.zero_grad()
    loss = F.mse_loss(model(x), y)
    loss.backward()
    return loss


for step in range(12):
    print(step, optimizer.step(closure).item())
