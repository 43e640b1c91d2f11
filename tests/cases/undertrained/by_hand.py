# case: a loss by hand on all data at once, which falls ever faster when the run ends
# expect: undertrained
import torch
from torch import nn

torch.manual_seed(0)

inputs = torch.randn(400, 2)
targets = (inputs[:, 0] * inputs[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.004)

for step in range(40):
    scores = model(inputs)
    loss = (scores.exp().sum(1).log() - scores[torch.arange(400), targets]).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
