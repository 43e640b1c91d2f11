import json
import math
import os

import torch
import torch.nn as nn


class SGD:
    """Gradient descent with momentum, written out."""

    def __init__(self, params, lr, momentum=0.9, decay=0.0):
        self.params = [p for p in params if p.requires_grad]
        self.lr, self.momentum, self.decay = lr, momentum, decay
        self.buf = [torch.zeros_like(p) for p in self.params]

    def zero(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def update(self):
        for p, b in zip(self.params, self.buf):
            if p.grad is None:
                continue
            b.mul_(self.momentum).add_(p.grad + self.decay * p)
            p.sub_(self.lr * b)


def spirals(n, seed, turns=1.25, noise=0.06):
    g = torch.Generator().manual_seed(seed)
    label = torch.randint(0, 2, (n,), generator=g)
    r = torch.rand(n, generator=g).sqrt()
    angle = 2 * math.pi * turns * r + math.pi * label
    xy = torch.stack([r * angle.cos(), r * angle.sin()], 1)
    return 2 * (xy + noise * torch.randn(n, 2, generator=g) * r[:, None]), label


def make_net(width=32, depth=3):
    layers = [nn.Linear(2, width), nn.ReLU()]
    for _ in range(depth - 1):
        layers.append(nn.Linear(width, width))
        layers.append(nn.ReLU())
    layers.append(nn.Linear(width, 2))
    net = nn.Sequential(*layers)
    for m in net:
        if isinstance(m, nn.Linear):
            nn.init.kaiming_normal_(m.weight, nonlinearity="relu")
            nn.init.zeros_(m.bias)
    return net


def softmax_loss(scores, label):
    scores = scores - scores.max(dim=1, keepdim=True).values
    logp = scores - scores.exp().sum(dim=1, keepdim=True).log()
    return -logp[torch.arange(len(label)), label].mean()


def train(net, train_data, val_data, iterations=400, lr=0.1):
    x, y = train_data
    opt = SGD(net.parameters(), lr)
    losses = []
    for it in range(iterations):
        loss = softmax_loss(net(x), y)
        opt.zero()
        loss.backward()
        opt.update()
        if it % 25 == 24:
            with torch.no_grad():
                losses.append(softmax_loss(net(val_data[0]), val_data[1]).item())
            print("iteration", it + 1, "loss", round(loss.item(), 4), "val", round(losses[-1], 4))
    return losses


if __name__ == "__main__":
    seed = int(os.environ.get("ZOO_SEED", "0"))
    torch.manual_seed(seed)
    net = make_net()
    losses = train(net, spirals(600, 5 * seed + 1), spirals(200, 5 * seed + 2))
    x_test, y_test = spirals(1000, 5 * seed + 3)
    with torch.no_grad():
        accuracy = (net(x_test.to(next(net.parameters()).dtype)).argmax(1) == y_test).float().mean().item()
    print("test accuracy", round(accuracy, 4))
    if "ZOO_METRICS" in os.environ:
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"accuracy": accuracy, "main": "accuracy", "higher_is_better": True, "curve": losses}, f)
