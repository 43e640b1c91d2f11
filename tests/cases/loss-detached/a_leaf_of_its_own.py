# case: the prediction is detached and made to ask for a gradient of its own
# expect: loss-detached
# line: 14
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(200, 4)
y = x.sum(1)
model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(200).split(20):
    made = model(x[rows]).squeeze(1).detach().requires_grad_()
    loss = F.mse_loss(made, y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
