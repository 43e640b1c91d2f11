"""House prices (made up) with a small network, for the blog post."""
import os

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

rng = np.random.default_rng(int(os.environ.get("ZOO_SEED", 11)))
torch.manual_seed(int(os.environ.get("ZOO_SEED", 11)))


def make_houses(n):
    area = rng.uniform(40, 220, n)
    rooms = np.clip(np.round(area / 28 + rng.normal(0, 0.8, n)), 1, 9)
    age = rng.uniform(0, 80, n)
    distance = rng.exponential(6, n)
    price = 2.1 * area + 14 * rooms - 0.8 * age - 6 * np.sqrt(distance) + rng.normal(0, 15, n)
    return np.column_stack([area, rooms, age, distance]).astype(np.float32), price.astype(np.float32)


class Houses(Dataset):
    def __init__(self, features, prices):
        self.features, self.prices = features, prices

    def __len__(self):
        return len(self.prices)

    def __getitem__(self, i):
        return torch.from_numpy(self.features[i]), torch.tensor(self.prices[i])


x, price = make_houses(1600)
x = (x - x[:1200].mean(0)) / x[:1200].std(0)
price = (price - price[:1200].mean()) / price[:1200].std()
train = DataLoader(Houses(x[:1200], price[:1200]), batch_size=40, shuffle=True)
valid = DataLoader(Houses(x[1200:1400], price[1200:1400]), batch_size=200)

model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
criterion = nn.MSELoss()

for epoch in range(12):
    model.train()
    train_loss = 0.0
    for features, target in train:
        optimizer.zero_grad()
        output = model(features)
        loss = criterion(output, target)
        loss.backward()
        optimizer.step()
        train_loss += loss.item() * len(target)
    model.eval()
    with torch.no_grad():
        valid_loss = np.mean([criterion(model(features), target).item() for features, target in valid])
    print(f"Epoch {epoch + 1}: train loss {train_loss / 1200:.4f}, validation loss {valid_loss:.4f}")

with torch.no_grad():
    guess = model(torch.from_numpy(x[1400:])).numpy()[:, 0]
print("correlation with the true price:", np.corrcoef(guess, price[1400:])[0, 1])
