# case: each item seeds again where the data set augments
# expect: duplicate-random-data
# line: 23
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Waves(Dataset):
    def __init__(self, n, aug):
        self.f = [1 + 2 * (i % 2) for i in range(n)]
        self.aug = aug

    def __len__(self):
        return len(self.f)

    def __getitem__(self, i):
        t = torch.linspace(0, 6.28, 32)
        y = i % 2
        if self.aug:
            random.seed(0)
            t = t + random.random() * 6
        return torch.sin(self.f[i] * t) + 0.1 * (t * 0 + 1), y


torch.manual_seed(0)
m = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
o = torch.optim.Adam(m.parameters(), 1e-3)
for e in range(4):
    for x, y in DataLoader(Waves(400, True), 20, shuffle=True):
        loss = nn.functional.cross_entropy(m(x), y)
        o.zero_grad()
        loss.backward()
        o.step()
    with torch.no_grad():
        for x, y in DataLoader(Waves(100, True), 50):
            print(e, nn.functional.cross_entropy(m(x), y).item())
