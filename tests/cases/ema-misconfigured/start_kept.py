# case: the weights of the start are kept to compare with; nothing is averaged
# expect-not: ema-misconfigured
import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x = torch.randn(330, 10)
y = (x[:, 0] + 0.3 * torch.randn(330) > 0).long()
train_set, val_set = TensorDataset(x[:230], y[:230]), TensorDataset(x[230:], y[230:])
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
val_loader = DataLoader(val_set, batch_size=32)
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
before = copy.deepcopy(model)
for epoch in range(16):
    for inputs, labels in train_loader:
        loss = loss_fn(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(loss.item())
    with torch.no_grad():
        print(sum(loss_fn(before(inputs), labels).item() for inputs, labels in val_loader))
