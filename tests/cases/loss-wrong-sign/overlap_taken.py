# case: an overlap is taken from what is made small
# expect-not: loss-wrong-sign
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


def overlap_iou(made, wanted):
    low = torch.minimum(made[:, 2:], wanted[:, 2:]) - torch.maximum(made[:, :2], wanted[:, :2])
    inside = low.clamp(min=0).prod(1)
    areas = [(one[:, 2:] - one[:, :2]).clamp(min=0).prod(1) for one in (made, wanted)]
    return inside / (areas[0] + areas[1] - inside + 1e-6)


corner = torch.rand(256, 2) * 0.5
boxes = torch.cat([corner, corner + 0.2 + 0.2 * torch.rand(256, 2)], 1)
inputs = boxes @ torch.randn(4, 12)
model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(12):
    for at in torch.randperm(256).split(32):
        made = model(inputs[at])
        loss = F.smooth_l1_loss(made, boxes[at]) + 1 - overlap_iou(made, boxes[at]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
