# case: a class with its own methods, a regression
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


class Regressor:
    def __init__(self, features, rate=1e-2):
        self.net = nn.Sequential(nn.Linear(features, 32), nn.GELU(), nn.Linear(32, 1))
        self.optim = torch.optim.Adam(self.net.parameters(), lr=rate)
        self.history = []

    def step(self, x, y):
        self.optim.zero_grad()
        prediction = self.net(x).squeeze(-1)
        loss = ((prediction - y) ** 2).mean()
        loss.backward()
        self.optim.step()
        return loss.item()

    def fit(self, loader, epochs):
        for _ in range(epochs):
            self.history.append(sum(self.step(x, y) for x, y in loader) / len(loader))
        return self


x = torch.randn(400, 6)
y = torch.sin(x[:, 0]) + 0.5 * x[:, 1]
loader = DataLoader(TensorDataset(x, (y - y.mean()) / y.std()), batch_size=40, shuffle=True)
print(Regressor(6).fit(loader, 6).history)
