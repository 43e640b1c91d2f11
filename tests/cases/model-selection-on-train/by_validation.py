# case: one function for both parts; the validation chooses, and the training loss is only noted
# expect-not: model-selection-on-train
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


def run(loader, training):
    model.train(training)
    loss_sum = 0.0
    with torch.set_grad_enabled(training):
        for inputs, labels in loader:
            loss = loss_fn(model(inputs), labels)
            if training:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            loss_sum += loss.item()
    return loss_sum / len(loader)


best, lowest, waited, state = float("inf"), float("inf"), 0, None
for epoch in range(4):
    results = {"train": run(train_loader, True), "val": run(val_loader, False)}
    if results["train"] < lowest:
        lowest = results["train"]
        print("lowest training loss so far")
    current = results["val"]
    if current < best:
        best, waited, state = current, 0, copy.deepcopy(model.state_dict())
    else:
        waited += 1
        if waited > 2:
            break
model.load_state_dict(state)
