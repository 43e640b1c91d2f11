# case: images with the channels last are brought into shape by view
# expect: tensor-layout-wrong
# line: 16
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        x = x.view(-1, 3, 8, 8)
        return self.head(F.relu(self.conv(x)).mean((2, 3)))


torch.manual_seed(0)
x = torch.randn(120, 8, 8, 3)
y = (x[..., 0].mean((1, 2)) > 0).long()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(120).split(20):
    loss = F.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
