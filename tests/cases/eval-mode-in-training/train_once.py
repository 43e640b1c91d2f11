# case: training mode is set once, before the first validation
# expect: eval-mode-in-training
# line: 28
import torch
from sklearn.datasets import load_digits
from torch import nn


class KerasLike:
    def __init__(self, net):
        self.net = net

    def compile(self, optimizer, loss):
        self.opt, self.loss = optimizer, loss
        return self

    def fit(self, x, y, validation_data, epochs, batch_size=32):
        self.net.train()
        for e in range(epochs):
            for i in torch.randperm(len(x)).split(batch_size):
                self.opt.zero_grad()
                loss = self.loss(self.net(x[i]), y[i])
                loss.backward()
                self.opt.step()
            print(e, loss.item(), self.evaluate(*validation_data))

    def evaluate(self, x, y):
        self.net.eval()
        with torch.no_grad():
            return self.loss(self.net(x), y).item()


torch.manual_seed(0)
d = load_digits()
X, Y = torch.tensor(d.data / 16).float(), torch.tensor(d.target)
net = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.4), nn.Linear(64, 10))
KerasLike(net).compile(torch.optim.Adam(net.parameters(), 1e-3), nn.CrossEntropyLoss()).fit(
    X[:1300], Y[:1300], (X[1300:], Y[1300:]), 8
)
