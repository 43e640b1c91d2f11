# case: a triplet loss that is given its three in their order
# expect-not: loss-wrong-sign
import torch
from torch import nn

torch.manual_seed(0)
kinds = torch.arange(300) % 3
points = torch.randn(3, 6)[kinds] + 0.5 * torch.randn(300, 6)
embed = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(embed.parameters(), lr=3e-3)
triplet = nn.TripletMarginLoss(margin=0.5)
for step in range(60):
    anchors = torch.randint(0, 300, (32,))
    same = (anchors + 3 * torch.randint(1, 90, (32,))) % 300
    other = (anchors + 1) % 300
    anchor, positive, negative = embed(points[anchors]), embed(points[same]), embed(points[other])
    loss = triplet(anchor, positive, negative)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
