# case: a sigmoid where the targets are standardised
# expect: output-activation-mismatch
# line: 15
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
y = x @ torch.randn(8, 1)
y = (y - y.mean()) / y.std()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(400).split(40):
    predicted = torch.sigmoid(model(x[rows]))
    loss = F.mse_loss(predicted, y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
