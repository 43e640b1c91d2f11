# case: numbers of the gradient are clipped far below what they are
# expect: gradient-clip-too-tight
# line: 17
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(600, 6)
B = (A @ torch.randn(6, 5)).argmax(1)
net = nn.Sequential(nn.Linear(6, 40), nn.ReLU(), nn.Linear(40, 5))
o = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)
for i in range(150):
    j = torch.randint(600, (32,))
    o.zero_grad()
    loss = nn.functional.cross_entropy(net(A[j]), B[j])
    loss.backward()
    torch.nn.utils.clip_grad_value_(net.parameters(), clip_value=1e-5)
    o.step()
print(loss.item())
