# case: an early stop with a class of its own is given the training loss
# expect: model-selection-on-train
# line: 55
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


class EarlyStopping:
    def __init__(self, patience=3):
        self.patience, self.best, self.counter, self.stop, self.weights = patience, None, 0, False, None

    def __call__(self, value, net):
        if self.best is None or value < self.best:
            self.best = value
            self.counter = 0
            self.weights = copy.deepcopy(net.state_dict())
        else:
            self.counter += 1
            if self.counter >= self.patience:
                self.stop = True


def one_pass(net, loader, opt=None):
    total, seen = 0.0, 0
    for inputs, labels in loader:
        with torch.set_grad_enabled(opt is not None):
            loss = loss_fn(net(inputs), labels)
        if opt is not None:
            opt.zero_grad()
            loss.backward()
            opt.step()
        total += loss.item() * len(labels)
        seen += len(labels)
    return total / seen


stopper = EarlyStopping()
for epoch in range(6):
    train_loss = one_pass(model, train_loader, optimizer)
    val_loss = one_pass(model, val_loader)
    stopper(train_loss, model)
    print(epoch, train_loss, val_loss)
    if stopper.stop:
        break
