# case: two losses a batch, and one update a pass
# expect: update-outside-loop
# line: 24
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(400, 4)
y = (x.prod(1) > 0).float()
tr = DataLoader(TensorDataset(x[:300], y[:300]), 15, shuffle=True)
va = DataLoader(TensorDataset(x[300:], y[300:]), 50)
net = nn.Sequential(nn.Linear(4, 30), nn.ReLU(), nn.Linear(30, 1))
teacher = nn.Sequential(nn.Linear(4, 30), nn.ReLU(), nn.Linear(30, 1)).eval()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for e in range(12):
    net.train()
    for a, b in tr:
        z = net(a).squeeze(1)
        with torch.no_grad():
            t = teacher(a).squeeze(1)
        loss = nn.functional.binary_cross_entropy_with_logits(z, b) + 0.01 * nn.functional.mse_loss(z, t)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    net.eval()
    with torch.no_grad():
        vl = sum(nn.functional.binary_cross_entropy_with_logits(net(a).squeeze(1), b).item() for a, b in va) / len(va)
    print(e, vl)
