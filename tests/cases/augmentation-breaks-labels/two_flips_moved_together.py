# case: two flips, each by a draw of its own, each made of image and mask alike; the image is made a little brighter as well
# expect-not: augmentation-breaks-labels
import random

import torch
from torch import nn

torch.manual_seed(0)
random.seed(0)
images = torch.rand(96, 1, 8, 8)
masks = (images > 0.6).float()


def augment(x, y):
    if random.random() < 0.5:
        x, y = x.flip(-1), y.flip(-1)
    if random.random() < 0.5:
        x, y = x.flip(-2), y.flip(-2)
    return x * random.uniform(0.95, 1.05), y


net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(12):
    for rows in torch.randperm(96).split(16):
        x, y = augment(images[rows], masks[rows])
        loss = nn.functional.binary_cross_entropy_with_logits(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
