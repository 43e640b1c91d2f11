# case: the loss is given matching shapes, the comparison is not
# expect: metric-wrong
# line: 29
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x = torch.randn(330, 10)
y = (x[:, 0] + 0.3 * torch.randn(330) > 0).long()
train_set, val_set = TensorDataset(x[:230], y[:230]), TensorDataset(x[230:], y[230:])
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
val_loader = DataLoader(val_set, batch_size=32)
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(3):
    for inputs, labels in train_loader:
        out = model(inputs)
        loss = nn.functional.binary_cross_entropy_with_logits(out.squeeze(1), labels.float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        for inputs, labels in val_loader:
            out = model(inputs)
            target = labels.float()
            val_loss = nn.functional.binary_cross_entropy_with_logits(out.squeeze(1), target)
            print(val_loss.item(), ((out > 0).float() == target).float().mean().item())
