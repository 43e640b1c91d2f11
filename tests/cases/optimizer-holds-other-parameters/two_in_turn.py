# case: one network, first by Adam and then by plain descent, both made at the start
# expect-not: optimizer-holds-other-parameters
# expect-not: optimizer-misses-parameters
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.randn(320, 10)
y = x[:, :3].sum(1, keepdim=True)
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1))
fast = torch.optim.Adam(model.parameters(), lr=1e-2)
slow = torch.optim.SGD(model.parameters(), lr=1e-2)
for step in range(60):
    optimizer = fast if step < 30 else slow
    loss = F.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
