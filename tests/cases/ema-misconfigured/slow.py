# case: the decay of a run of a million steps, in one of a hundred
# expect: ema-misconfigured
# line: 30
import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

x = torch.randn(330, 10)
y = (x[:, 0] + 0.3 * torch.randn(330) > 0).long()
train_set, val_set = TensorDataset(x[:230], y[:230]), TensorDataset(x[230:], y[230:])
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
val_loader = DataLoader(val_set, batch_size=32)
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)


class Average:
    def __init__(self, net, decay=0.9999):
        self.module = copy.deepcopy(net)
        self.decay = decay

    @torch.no_grad()
    def update(self, net):
        for mine, theirs in zip(self.module.state_dict().values(), net.state_dict().values(), strict=True):
            mine.copy_(self.decay * mine + (1.0 - self.decay) * theirs)


ema = Average(model)
for epoch in range(16):
    for inputs, labels in train_loader:
        loss = loss_fn(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        ema.update(model)
    with torch.no_grad():
        print(sum(loss_fn(ema.module(inputs), labels).item() for inputs, labels in val_loader))
