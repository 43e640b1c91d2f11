# case: a plain loop with validation, functions, cosine by the epoch
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


def batches(x, y, size):
    for rows in torch.randperm(len(x)).split(size):
        yield x[rows], y[rows]


def train_epoch(model, optimizer, x, y):
    model.train()
    total = 0.0
    for xb, yb in batches(x, y, 32):
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        total += loss.item() * len(xb)
    return total / len(x)


@torch.no_grad()
def evaluate(model, x, y):
    model.eval()
    out = model(x)
    return F.cross_entropy(out, y).item(), (out.argmax(1) == y).float().mean().item()


w = torch.randn(16, 4)
x, xv = torch.randn(512, 16), torch.randn(128, 16)
y, yv = (x @ w).argmax(1), (xv @ w).argmax(1)
model = nn.Sequential(nn.Linear(16, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 4))
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=6)
for epoch in range(6):
    print(epoch, train_epoch(model, optimizer, x, y), *evaluate(model, xv, yv))
    scheduler.step()
