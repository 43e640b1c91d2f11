# case: a regression whose outputs draw together: there is nothing to learn, and no output is compared with another
# expect-not: embedding-collapse
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(150):
    loss = F.mse_loss(net(torch.randn(20, 8)), torch.ones(20, 4))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
