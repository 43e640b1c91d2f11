# case: hidden layers in a plain list
# expect: module-not-registered
# expect-not: optimizer-holds-other-parameters
# line: 16
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self, depth=2):
        super().__init__()
        self.first = nn.Linear(10, 32)
        self.hidden = [nn.Linear(32, 32) for _ in range(depth)]
        self.last = nn.Linear(32, 2)

    def forward(self, x):
        x = F.relu(self.first(x))
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.last(x)


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
x = torch.randn(300, 10)
y = (x[:, 0] > 0).long()
for epoch in range(5):
    for rows in torch.randperm(300).split(30):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
