# case: the mean of the losses of an epoch in a list decides on what is saved
# expect: model-selection-on-train
# line: 32
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
best, kept = float("inf"), None
for epoch in range(4):
    losses = []
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        loss = loss_fn(model(inputs), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    epoch_loss = sum(losses) / len(losses)
    with torch.no_grad():
        val = sum(loss_fn(model(inputs), labels).item() for inputs, labels in val_loader) / len(val_loader)
    if epoch_loss < best:
        best = epoch_loss
        kept = copy.deepcopy(model.state_dict())
    print(epoch_loss, val)
model.load_state_dict(kept)
