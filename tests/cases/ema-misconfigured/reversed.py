# case: the two factors stand at the wrong weights
# expect: ema-misconfigured
# line: 24
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
decay = 0.99
shadow = {name: p.detach().clone() for name, p in model.named_parameters()}


def update_average():
    for name, p in model.named_parameters():
        shadow[name] = (1 - decay) * shadow[name] + decay * p.data


for epoch in range(16):
    for inputs, labels in train_loader:
        loss = loss_fn(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        update_average()
    with torch.no_grad():
        print(sum(loss_fn(model(inputs), labels).item() for inputs, labels in val_loader))
