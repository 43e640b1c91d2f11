# case: a log-likelihood with its minus
# expect-not: loss-wrong-sign
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(320, 10)
y = x[:, :1].sin()
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(320).split(20):
        out = model(x[rows])
        likelihood = torch.distributions.Normal(out, 0.05).log_prob(y[rows])
        loss = -likelihood.mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
