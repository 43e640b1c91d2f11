# case: gradients are cleared by hand between backward and step
# expect: update-order-wrong
# line: 24
import torch
from torch import nn

torch.manual_seed(0)
A = torch.randn(512, 6)
B = A @ torch.randn(6, 2)
net = nn.Sequential(nn.Linear(6, 40), nn.ReLU(), nn.Linear(40, 2))
opt = torch.optim.SGD(net.parameters(), lr=1e-2, momentum=0.9)


def kesu(n):
    for p in n.parameters():
        if p.grad is not None:
            p.grad.zero_()


for i in range(150):
    ix = torch.randint(512, (32,))
    loss = ((net(A[ix]) - B[ix]) ** 2).mean()
    loss.backward()
    kesu(net)
    opt.step()
print(loss.item())
