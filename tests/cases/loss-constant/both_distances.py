# case: the distance to the negative is taken from that to the positive
# expect-not: loss-constant
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.randn(320, 10)
label = (x[:, 0] > 0).long() + 2 * (x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def triplets(z, y, margin=0.3):
    far = (z.unsqueeze(1) - z.unsqueeze(0)).pow(2).sum(-1).add(1e-8).sqrt()
    same = y.unsqueeze(0) == y.unsqueeze(1)
    wanted = (same & ~torch.eye(len(y), dtype=torch.bool)).unsqueeze(2) & (~same).unsqueeze(1)
    hinge = F.relu(far.unsqueeze(2) - far.unsqueeze(1) + margin)
    return (hinge * wanted).sum() / wanted.sum()


for epoch in range(3):
    for rows in torch.randperm(320).split(32):
        loss = triplets(F.normalize(model(x[rows]), dim=1), label[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
