# case: many sigmoids, trained by hand
# expect: vanishing-gradients
import torch
from torch import nn


class Descent:
    def __init__(self, params, lr, momentum=0.9):
        self.params, self.lr, self.momentum = list(params), lr, momentum
        self.speed = [torch.zeros_like(p) for p in self.params]

    def clear(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def move(self):
        for p, v in zip(self.params, self.speed, strict=True):
            if p.grad is not None:
                v.mul_(self.momentum).add_(p.grad)
                p.sub_(self.lr * v)


torch.manual_seed(0)
x = torch.randn(400, 2)
label = (x[:, 0] * x[:, 1] > 0).long()


def nll(scores):
    return -torch.log_softmax(scores, 1)[torch.arange(len(label)), label].mean()


layers = [nn.Linear(2, 32), nn.Sigmoid()]
for _ in range(10):
    layers += [nn.Linear(32, 32), nn.Sigmoid()]
net = nn.Sequential(*layers, nn.Linear(32, 2))
for m in net:
    if isinstance(m, nn.Linear):
        nn.init.xavier_normal_(m.weight)
descent = Descent(net.parameters(), lr=0.1)
for step in range(120):
    loss = nll(net(x))
    descent.clear()
    loss.backward()
    descent.move()
