# case: an autoencoder whose output is compared with itself
# expect: loss-constant
# line: 13
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
model = nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for out in (model(x[rows]) for rows in torch.randperm(400).split(40)):
    loss = F.mse_loss(out, out)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
