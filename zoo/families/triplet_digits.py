"""Metric learning: embed digits so that the same digit is near, trained with triplets."""
import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits

SEED = int(os.environ.get("ZOO_SEED", 0))
rng = np.random.RandomState(SEED)
torch.manual_seed(SEED)

data, labels = load_digits(return_X_y=True)
data = torch.tensor(data / 16, dtype=torch.float32)
order = rng.permutation(len(labels))
train_idx, val_idx, test_idx = order[:600], order[600:1000], order[1000:]


class Embedder(nn.Module):
    def __init__(self, dim=16):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 48), nn.ReLU())
        self.project = nn.Linear(48, dim)

    def forward(self, x):
        return F.normalize(self.project(self.body(x)), dim=1)


by_digit = {d: [i for i in train_idx if labels[i] == d] for d in range(10)}


def draw_triplets(n):
    anchors, positives, negatives = [], [], []
    for _ in range(n):
        d, other = rng.choice(10, 2, replace=False)
        a, p = rng.choice(by_digit[d], 2, replace=False)
        anchors.append(a)
        positives.append(p)
        negatives.append(rng.choice(by_digit[other]))
    return data[anchors], data[positives], data[negatives]


def triplet_loss(a, p, n, margin=0.3):
    near = ((a - p) ** 2).sum(1)
    far = ((a - n) ** 2).sum(1)
    return F.relu(near - far + margin).mean()


@torch.no_grad()
def nearest_neighbour_accuracy(net, queries):
    net.eval()
    gallery = torch.cat([net(x) for x in data[train_idx].split(64)])
    found = torch.cdist(torch.cat([net(x) for x in data[queries].split(64)]), gallery).argmin(dim=1)
    net.train()
    return float((labels[train_idx][found.numpy()] == labels[queries]).mean())


def separation(net, queries):
    """Share of random (same, different) pairs in the right order: 0.5 is chance."""
    with torch.no_grad():
        z = net(data[queries])
    d = torch.cdist(z, z)
    same = torch.tensor(labels[queries][:, None] == labels[queries][None, :])
    same.fill_diagonal_(False)
    near = d[same]
    far = d[~same & ~torch.eye(len(z), dtype=torch.bool)]
    k = torch.Generator().manual_seed(0)
    i, j = torch.randint(len(near), (20000,), generator=k), torch.randint(len(far), (20000,), generator=k)
    return ((near[i] < far[j]).float() + 0.5 * (near[i] == far[j]).float()).mean().item()


net = Embedder()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
history = []
recent = []
for step in range(1, 251):
    a, p, n = draw_triplets(32)
    loss = triplet_loss(net(a), net(p), net(n))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    recent.append(loss.item())
    if step % 50 == 0:
        acc = nearest_neighbour_accuracy(net, val_idx)
        history.append(np.mean(recent[-50:]))
        print(f"step {step}: triplet loss {history[-1]:.4f}, 1-NN accuracy on validation {acc:.3f}")

score = separation(net, test_idx)
print(f"pairs in the right order: {score:.4f}")
if "ZOO_METRICS" in os.environ:
    with open(os.environ["ZOO_METRICS"], "w") as f:
        json.dump({"separation": score, "main": "separation", "higher_is_better": True, "curve": [float(h) for h in history]}, f)
