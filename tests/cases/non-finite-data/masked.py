# case: missing values are masked by the model
# expect-not: non-finite-data
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 1))

    def forward(self, x):
        known = torch.isfinite(x)
        return self.net(torch.cat([torch.where(known, x, 0.0), known.float()], 1))


x = torch.randn(300, 6)
x[torch.rand(300, 6) < 0.1] = float("nan")
y = torch.nan_to_num(x).sum(1, keepdim=True)
model = Masked()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(4):
    for rows in torch.randperm(300).split(30):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
