# case: both are moved, by one draw, in several ways
# expect-not: augmentation-breaks-labels
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

random.seed(0)
torch.manual_seed(0)


class Shapes(Dataset):
    def __init__(self, n):
        self.masks = torch.zeros(n, 1, 12, 12)
        for mask in self.masks:
            top, left = random.randrange(8), random.randrange(4)
            mask[:, top : top + 4, left : left + 4] = 1
        self.images = self.masks + 0.3 * torch.randn_like(self.masks)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        image, mask = self.images[i], self.masks[i]
        mirror = random.random() < 0.5
        if mirror:
            image = image.flip(-1)
        if mirror:
            mask = mask.flip(-1)
        if random.random() < 0.5:
            both = torch.cat([image, mask]).rot90(1, dims=(1, 2))
            image, mask = both[:1], both[1:]
        if random.random() < 0.5:
            image = image + 0.05 * torch.randn_like(image)
        return image, mask


model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(2):
    for image, mask in DataLoader(Shapes(80), batch_size=16, shuffle=True):
        if random.random() < 0.3:
            image, mask = image.flip(2), mask.flip(2)
        loss = nn.functional.binary_cross_entropy_with_logits(model(image), mask)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
