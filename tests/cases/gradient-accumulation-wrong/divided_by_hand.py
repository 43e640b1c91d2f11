# case: the gradients of single samples are made their mean by hand
# expect-not: gradient-accumulation-wrong
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(600, 6)
B = (A @ torch.randn(6, 5)).argmax(1)
net = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 5))
o = torch.optim.SGD(net.parameters(), 0.3)
for i in range(25):
    o.zero_grad()
    for k in torch.randint(600, (128,)):
        nn.functional.cross_entropy(net(A[k : k + 1]), B[k : k + 1]).backward()
    for p in net.parameters():
        p.grad /= 128
    o.step()
