# case: the loss is made anew from its number
# expect: loss-detached
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(300, 12)
y = x[:, :1].abs()
net = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(30):
    value = F.mse_loss(net(x), y).item()
    loss = torch.tensor(value, requires_grad=True)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
