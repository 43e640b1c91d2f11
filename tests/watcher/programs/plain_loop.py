"""A loop at the top of a script, a DataLoader, dropout and batch norm, validation without gradients."""

import torch
from outcome import save, seed
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

seed()
x = torch.randn(256, 12)
y = (x[:, 0] + x[:, 1] > 0).long()
train = DataLoader(TensorDataset(x[:192], y[:192]), batch_size=32, shuffle=True)
val = DataLoader(TensorDataset(x[192:], y[192:]), batch_size=32)

model = nn.Sequential(nn.Linear(12, 400), nn.BatchNorm1d(400), nn.ReLU(), nn.Dropout(0.2), nn.Linear(400, 2))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)

for epoch in range(4):
    model.train()
    for inputs, targets in train:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
        print(epoch, loss.item())
    model.eval()
    with torch.no_grad():
        total = sum(criterion(model(a), b).item() * len(b) for a, b in val)
    print("val", total / 64)

save(model=model, optimizer=optimizer)
