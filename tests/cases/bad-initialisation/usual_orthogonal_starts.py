# case: two orthogonal starts with their usual gains
# expect-not: bad-initialisation
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU())
        for layer in (self.body[0], self.body[2]):
            nn.init.orthogonal_(layer.weight, gain=2**0.5)
            nn.init.zeros_(layer.bias)
        self.head = nn.Linear(48, 1)
        nn.init.orthogonal_(self.head.weight, 0.01)

    def forward(self, x):
        return self.head(self.body(x))


x = torch.randn(320, 4)
y = x[:, :1].sin()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(5):
    for rows in torch.randperm(320).split(32):
        loss = F.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
