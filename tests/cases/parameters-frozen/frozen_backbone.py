# case: a loaded body is frozen on purpose
# expect-not: parameters-frozen
# expect-not: optimizer-misses-parameters
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


trained = Net().body.state_dict()
model = Net()
model.body.load_state_dict(trained)
model.body.requires_grad_(False)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
x = torch.randn(300, 10)
y = (x[:, 0] > 0).long()
for epoch in range(5):
    for rows in torch.randperm(300).split(30):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
