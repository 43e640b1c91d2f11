# case: a layer far below zero, cut off by a clamp
# expect: dead-relu
# line: 19
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(600, 6)
B = (A @ torch.randn(6, 5)).argmax(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.f1 = nn.Linear(6, 32)
        self.f2 = nn.Linear(32, 32)
        self.f3 = nn.Linear(32, 5)
        with torch.no_grad():
            self.f2.bias += -20.0

    def forward(self, x):
        return self.f3(self.f2(self.f1(x).relu()).clamp(min=0))


net = Net()
o = torch.optim.SGD(net.parameters(), 0.1)
for i in range(150):
    j = torch.randint(600, (32,))
    o.zero_grad()
    loss = nn.functional.cross_entropy(net(A[j]), B[j])
    loss.backward()
    o.step()
print(loss.item())
