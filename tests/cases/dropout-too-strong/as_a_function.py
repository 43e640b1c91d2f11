# case: dropout that is called as a function
# expect: dropout-too-strong
# line: 20
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
A = torch.randn(600, 6)
B = (A @ torch.randn(6, 5)).argmax(1)


class N(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(6, 40)
        self.b = nn.Linear(40, 5)

    def forward(self, x):
        return self.b(F.dropout(self.a(x).relu(), 0.95, training=self.training))


net = N()
o = torch.optim.Adam(net.parameters(), 5e-3)
for i in range(200):
    j = torch.randint(600, (32,))
    o.zero_grad()
    loss = F.cross_entropy(net(A[j]), B[j])
    loss.backward()
    o.step()
print(loss.item())
