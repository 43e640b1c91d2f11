# case: a contrastive loss that pulls and pushes
# expect-not: embedding-collapse
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
centers = torch.randn(20, 8)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(150):
    who = torch.randperm(20)
    anchor = centers[who] + 0.3 * torch.randn(20, 8)
    positive = centers[who] + 0.3 * torch.randn(20, 8)
    negative = centers[who.roll(1)] + 0.3 * torch.randn(20, 8)
    a, p, n = net(anchor), net(positive), net(negative)
    near = F.pairwise_distance(a, p)
    far = F.pairwise_distance(a, n)
    loss = (near.pow(2) + F.relu(1.0 - far).pow(2)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
