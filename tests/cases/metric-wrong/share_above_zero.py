# case: a sigmoid is compared with zero, in a function with a name of its own for the shares
# expect: metric-wrong
# line: 25
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x = torch.randn(330, 10)
y = (x[:, 0] + 0.3 * torch.randn(330) > 0).long()
train_set, val_set = TensorDataset(x[:230], y[:230]), TensorDataset(x[230:], y[230:])
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
val_loader = DataLoader(val_set, batch_size=32)
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1), nn.Flatten(0))
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)


@torch.no_grad()
def accuracy(loader):
    right = seen = 0
    for inputs, labels in loader:
        probs = torch.sigmoid(model(inputs))
        predicted = (probs > 0).long()
        right += (predicted == labels).sum().item()
        seen += len(labels)
    return right / seen


for epoch in range(3):
    for inputs, labels in train_loader:
        loss = criterion(model(inputs), labels.float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(accuracy(val_loader))
