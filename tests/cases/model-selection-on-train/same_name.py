# case: one name for the loss of both parts, and the validation's is the last that it holds
# expect-not: model-selection-on-train
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
best_loss = 1e9
for epoch in range(4):
    total = 0.0
    for inputs, labels in train_loader:
        loss = loss_fn(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print("train", total / len(train_loader))
    total = 0.0
    with torch.no_grad():
        for inputs, labels in val_loader:
            loss = loss_fn(model(inputs), labels)
            total += loss.item()
    epoch_loss = total / len(val_loader)
    if epoch_loss < best_loss:
        best_loss = epoch_loss
        best_weights = {k: v.clone() for k, v in model.state_dict().items()}
