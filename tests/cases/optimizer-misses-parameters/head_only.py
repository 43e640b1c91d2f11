# case: the optimiser gets the head of a network that was never trained
# expect: optimizer-misses-parameters
# expect-not: optimizer-holds-other-parameters
# expect-not: parameters-frozen
# line: 24
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU())
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        return self.head(self.body(x))


model = Net()
optimizer = torch.optim.SGD(model.head.parameters(), lr=0.1)
x = torch.randn(300, 10)
y = (x[:, 0] > 0).long()
for epoch in range(5):
    for rows in torch.randperm(300).split(30):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
