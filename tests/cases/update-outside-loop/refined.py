# case: an inner loop refines the answer, and the last loss goes backward
# expect-not: update-outside-loop
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(600, 6)
B = A @ torch.randn(6, 2)
f = nn.Sequential(nn.Linear(8, 40), nn.Tanh(), nn.Linear(40, 2))
o = torch.optim.Adam(f.parameters(), 5e-3)
for i in range(150):
    j = torch.randint(600, (32,))
    ans = torch.zeros(32, 2)
    for k in range(4):
        ans = ans + f(torch.cat([A[j], ans], 1))
        loss = (ans - B[j]).pow(2).mean()
    o.zero_grad()
    loss.backward()
    o.step()
print(loss.item())
