# case: a hinge that pushes apart what belongs together
# expect: loss-wrong-sign
# line: 20
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
kinds = torch.arange(300) % 3
points = torch.randn(3, 6)[kinds] + 0.5 * torch.randn(300, 6)
embed = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(embed.parameters(), lr=3e-3)
for step in range(60):
    anchors = torch.randint(0, 300, (32,))
    same = (anchors + 3 * torch.randint(1, 90, (32,))) % 300
    other = (anchors + 1) % 300
    anchor, positive, negative = embed(points[anchors]), embed(points[same]), embed(points[other])
    near = (anchor - positive).norm(dim=1)
    far = (anchor - negative).norm(dim=1)
    loss = F.relu(far - near + 0.5).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
