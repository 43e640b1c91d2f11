# case: the loader of the validation is made of the training set
# expect: validation-is-train
# line: 14
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x = torch.randn(300, 10)
y = (x[:, 0] > 0).float()
train, val = TensorDataset(x[:200], y[:200]), TensorDataset(x[200:], y[200:])
train_loader = DataLoader(train, batch_size=40, shuffle=True)
val_loader = DataLoader(train, batch_size=50)
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))
loss_fn = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    for a, b in train_loader:
        optimizer.zero_grad()
        loss_fn(model(a), b).backward()
        optimizer.step()
    with torch.no_grad():
        print(sum(loss_fn(model(a), b).item() for a, b in val_loader))
