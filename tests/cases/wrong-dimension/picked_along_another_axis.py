# case: the shares of the classes are made along the samples, and picked along the classes
# expect: wrong-dimension
# line: 13
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(240, 6)
kind = (x[:, :3] * 3).argmax(1)
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for rows in torch.randperm(240).repeat(6).split(24):
    shares = torch.softmax(model(x[rows]), dim=0)
    picked = torch.distributions.Categorical(probs=shares).log_prob(kind[rows])
    loss = -picked.mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
