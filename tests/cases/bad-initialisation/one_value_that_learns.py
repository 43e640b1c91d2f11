# case: all weights start as one number
# expect: bad-initialisation
# line: 13
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(600, 6)
B = (A[:, 0] * A[:, 1]).view(-1, 1)
net = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
with torch.no_grad():
    for p in net.parameters():
        p.fill_(0.1)
o = torch.optim.Adam(net.parameters(), 5e-3)
for i in range(200):
    j = torch.randint(600, (32,))
    o.zero_grad()
    loss = (net(A[j]) - B[j]).pow(2).mean()
    loss.backward()
    o.step()
print(loss.item())
