# case: a body is frozen, and the weights that it should keep were never loaded
# expect: parameters-frozen
# line: 22
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU())
        self.head = nn.Linear(32, 3)

    def forward(self, x):
        return self.head(self.body(x))


model = Net()
model.body.requires_grad_(False)
x = torch.randn(400, 20)
y = (x @ torch.randn(20, 3)).argmax(1)
optimizer = torch.optim.Adam(model.head.parameters(), lr=1e-2)
for step in range(40):
    loss = F.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
