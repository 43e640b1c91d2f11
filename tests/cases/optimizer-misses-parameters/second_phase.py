# case: in a second phase, only the last bias of a new head is given to the optimiser
# expect: optimizer-misses-parameters
# line: 12
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


def train(parameters, y):
    optimizer = torch.optim.Adam(parameters, lr=1e-2)
    for _ in range(30):
        loss = F.mse_loss(head(body(x)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


x = torch.randn(320, 10)
body = nn.Sequential(nn.Linear(10, 16), nn.ReLU())
head = nn.Linear(16, 1)
train([*body.parameters(), *head.parameters()], x[:, :3].sum(1, keepdim=True))
body.requires_grad_(False)
head = nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
train([head[2].bias], x[:, 3:6].sum(1, keepdim=True))
