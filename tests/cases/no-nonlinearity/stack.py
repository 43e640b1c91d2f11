# case: a stack that is written out without activations
# expect: no-nonlinearity
# line: 12
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
model = nn.Sequential(
    nn.Linear(8, 16),
    nn.Linear(16, 3),
)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(400).split(40):
    loss = F.cross_entropy(model(x[rows]), x[rows, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
