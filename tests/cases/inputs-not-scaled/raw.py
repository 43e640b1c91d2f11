# case: columns on scales a thousand times apart, and a network that makes nothing of them
# expect: inputs-not-scaled
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(600, 5)
y = (x[:, 0] - x[:, 1] > 0).long()
raw = x * torch.tensor([0.5, 0.02, 3000.0, 40.0, 500.0]) + torch.tensor([0.0, 0.1, 9000.0, 300.0, 0.0])
data = DataLoader(TensorDataset(raw, y), batch_size=50, shuffle=True)
model = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
for epoch in range(8):
    for inputs, labels in data:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(inputs), labels)
        loss.backward()
        optimizer.step()
