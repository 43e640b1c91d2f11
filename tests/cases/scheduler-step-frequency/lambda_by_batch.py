# case: a schedule that is a function of epochs is stepped by the batch
# expect: scheduler-step-frequency
# line: 21
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
X = torch.randn(800, 10)
y = (X @ torch.randn(10, 3)).argmax(1)
dl = DataLoader(TensorDataset(X, y), 20, shuffle=True)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda e: 0.9**e)
for epoch in range(8):
    for a, b in dl:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(a), b)
        loss.backward()
        opt.step()
        sched.step()
    print(epoch, loss.item())
