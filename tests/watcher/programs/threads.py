"""Two threads that train at the same time, beside the main one."""

import threading

import torch
from outcome import save, seed
from torch import nn

seed(19)
data = torch.randn(40, 8, 5)
models = [nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 1)) for _ in range(3)]
ended = [[], [], []]


def train(number):
    optimizer = torch.optim.Adam(models[number].parameters(), lr=1e-2)
    for x in data:
        optimizer.zero_grad()
        loss = nn.functional.huber_loss(models[number](x), x.sum(1, keepdim=True) * (number + 1))
        loss.backward()
        optimizer.step()
        ended[number].append(loss.item())


others = [threading.Thread(target=train, args=(number,)) for number in (1, 2)]
for one in others:
    one.start()
train(0)
for one in others:
    one.join()
print(ended)
save(models=models)
