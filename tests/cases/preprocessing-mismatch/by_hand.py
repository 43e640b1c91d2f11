# case: a loss by hand; the validation is scaled by its largest value, the training is standardised
# expect: preprocessing-mismatch
import torch
from torch import nn

torch.manual_seed(0)

raw = 5 + torch.rand(700, 6)
targets = raw[:, :2].sum(1, keepdim=True) - 11
train = (raw[:500] - raw[:500].mean(0)) / raw[:500].std(0)
val = raw[500:] / raw[500:].amax(0)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

for epoch in range(30):
    for rows in torch.randperm(500).split(250):
        loss = ((model(train[rows]) - targets[:500][rows]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(((model(val) - targets[500:]) ** 2).mean().item())
