# case: gradients are cleared once an epoch, in a class
# expect: missing-zero-grad
# line: 21
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Trainer:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 1))
        self.opt = torch.optim.Adam(self.net.parameters(), lr=1e-3)

    def fit(self, x, y, epochs):
        for _ in range(epochs):
            self.opt.zero_grad()
            for i in range(0, len(x), 16):
                loss = F.mse_loss(self.net(x[i : i + 16]), y[i : i + 16])
                loss.backward()
                self.opt.step()


data = torch.randn(256, 8)
Trainer().fit(data, data[:, :1] * data[:, 1:2], 3)
