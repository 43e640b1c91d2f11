# case: the switch that should let the head learn later never turns
# expect: parameters-frozen
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(10, 32), nn.ReLU())
        self.value = nn.Linear(32, 1)
        self.policy = nn.Linear(32, 4)

    def forward(self, x):
        hidden = self.body(x)
        return self.value(hidden).squeeze(1), self.policy(hidden)


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
x = torch.randn(400, 10)
score, move = x[:, 0] + x[:, 1], x[:, 2:6].argmax(1)
for epoch in range(12):
    model.policy.requires_grad_(epoch > 100)
    for rows in torch.randperm(400).split(40):
        value, policy = model(x[rows])
        loss = F.mse_loss(value, score[rows]) + F.cross_entropy(policy, move[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
