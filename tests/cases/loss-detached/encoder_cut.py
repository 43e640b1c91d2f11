# case: the encoder's output is detached
# expect: loss-detached
# expect-not: optimizer-holds-other-parameters
# expect-not: optimizer-misses-parameters
# line: 20
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(12, 32), nn.ReLU())
        self.head = nn.Linear(32, 3)

    def forward(self, x):
        h = self.encoder(x).detach()
        return self.head(h)


x = torch.randn(300, 12)
y = (x @ torch.randn(12, 3)).argmax(1)
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(5):
    for rows in torch.randperm(300).split(30):
        loss = F.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
