# case: triplets on a sphere, with a warm-up
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

centres = torch.randn(6, 10)
labels = torch.arange(6).repeat(40)
points = centres[labels] + 0.4 * torch.randn(240, 10)
embed = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.AdamW(embed.parameters(), lr=5e-3)
warm = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, step / 10))
triplet = nn.TripletMarginLoss(margin=0.3)
for step in range(60):
    anchor = torch.randint(240, (32,))
    positive = (anchor + 6 * torch.randint(1, 40, (32,))) % 240
    negative = (anchor + torch.randint(1, 6, (32,))) % 240
    a, p, n = (F.normalize(embed(points[rows]), dim=1) for rows in (anchor, positive, negative))
    loss = triplet(a, p, n)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    warm.step()
