# case: a batch divided by its length along the samples
# expect: wrong-dimension
# line: 13
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
data = torch.randn(400, 8)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for x in data.split(40):
    z = x / x.norm(dim=0, keepdim=True)
    loss = F.mse_loss(model(z), x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
