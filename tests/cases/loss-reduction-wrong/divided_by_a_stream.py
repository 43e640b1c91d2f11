# case: a mean divided by what the stream holds and by the batches that are accumulated
# expect: loss-reduction-wrong
# line: 13
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x, held = torch.randn(960, 8), 960
model = nn.Linear(8, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
for at, rows in enumerate(torch.randperm(960).split(20)):
    loss = F.cross_entropy(model(x[rows]), x[rows, :3].argmax(1)) / 4 / held
    loss.backward()
    if at % 4 == 3:
        optimizer.step()
        optimizer.zero_grad()
