"""An endless stream, steps instead of epochs, validation under inference mode, batches as dictionaries."""

import random
from itertools import islice

import torch
from outcome import save, seed
from torch import nn
from torch.utils.data import DataLoader, IterableDataset


class Stream(IterableDataset):
    def __iter__(self):
        while True:
            x = torch.rand(4) + random.random()
            yield {"x": x, "y": (x.sum() > 4).float(), "name": str(random.randint(0, 9))}


@torch.inference_mode()
def validate():
    model.eval()
    batches = list(islice(DataLoader(Stream(), batch_size=20), 3))
    found = [loss_fn(model(one["x"]).squeeze(1), one["y"]).item() for one in batches]
    model.train()
    return sum(found) / 3


seed(25)
model = nn.Sequential(nn.Linear(4, 300), nn.ReLU(), nn.Linear(300, 1))
loss_fn = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(1.5))
optimizer = torch.optim.NAdam(model.parameters(), lr=1e-2)
for step, batch in enumerate(DataLoader(Stream(), batch_size=128)):
    loss = loss_fn(model(batch["x"]).squeeze(1), batch["y"])
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    if step % 5 == 4:
        print(step, loss.item(), validate())
    if step == 14:
        break
save(model=model, optimizer=optimizer)
