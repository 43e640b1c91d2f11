# case: the first layer keeps the random filters that it was made with, on purpose; all that follows learns
# expect-not: parameters-frozen
import torch
from torch import nn

torch.manual_seed(0)
images = torch.randn(256, 1, 8, 8)
labels = (images.mean((1, 2, 3)) > 0).long()

net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 32), nn.ReLU(), nn.Linear(32, 2))
for name, parameter in net.named_parameters():
    if name.startswith("0."):
        parameter.requires_grad_(False)
optimizer = torch.optim.Adam([parameter for parameter in net.parameters() if parameter.requires_grad], lr=3e-3)
for _ in range(12):
    for rows in torch.randperm(256).split(32):
        loss = nn.functional.cross_entropy(net(images[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"loss {loss.item():.4f}")
