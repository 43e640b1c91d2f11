"""DataParallel where there is no GPU, and DistributedDataParallel with one process."""

import os
import tempfile

import torch
from outcome import save, seed
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

seed(13)
store = tempfile.mktemp()
distributed.init_process_group("gloo", init_method=f"file://{store}", rank=0, world_size=1)
for wrap in (nn.DataParallel, DistributedDataParallel):
    model = wrap(nn.Sequential(nn.Linear(6, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 2)))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for step in range(6):
        x = torch.randn(16, 6)
        loss = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(wrap.__name__, step, loss.item())
    save(wrap.__name__, model=model)
distributed.destroy_process_group()
if os.path.exists(store):  # noqa: PTH110
    os.unlink(store)  # noqa: PTH108
