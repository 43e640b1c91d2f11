# case: the hits of all batches over the size of the last one, in a class
# expect: metric-wrong
# line: 35
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x = torch.randn(330, 10)
y = (x[:, 0] + 0.3 * torch.randn(330) > 0).long()
train_set, val_set = TensorDataset(x[:230], y[:230]), TensorDataset(x[230:], y[230:])
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
val_loader = DataLoader(val_set, batch_size=32)


class Trainer:
    def __init__(self):
        self.model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=3e-3)

    def epoch(self, loader):
        for inputs, labels in loader:
            loss = nn.functional.cross_entropy(self.model(inputs), labels)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    def evaluate(self, loader):
        hits = 0
        with torch.no_grad():
            for inputs, labels in loader:
                n = labels.size(0)
                hits += (self.model(inputs).argmax(1) == labels).sum().item()
        return 100.0 * hits / n


trainer = Trainer()
for epoch in range(3):
    trainer.epoch(train_loader)
    print(trainer.evaluate(val_loader))
