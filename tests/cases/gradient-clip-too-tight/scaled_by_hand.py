# case: a loss that is scaled before the backward, and its gradient scaled back
# expect-not: gradient-clip-too-tight
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(600, 6)
B = (A @ torch.randn(6, 5)).argmax(1)
net = nn.Sequential(nn.Linear(6, 40), nn.ReLU(), nn.Linear(40, 5))
o = torch.optim.SGD(net.parameters(), 0.1)
SCALE = 1024.0
for i in range(200):
    j = torch.randint(600, (32,))
    o.zero_grad()
    loss = nn.functional.cross_entropy(net(A[j]), B[j])
    (loss * SCALE).backward()
    for p in net.parameters():
        p.grad.div_(SCALE)
    o.step()
print(loss.item())
