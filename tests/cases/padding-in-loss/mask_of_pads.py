# case: a mask that leaves the pads out
# expect-not: padding-in-loss
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(0)
rows = [torch.randint(1, 9, (int(n),)) for n in torch.randint(3, 20, (160,))]
model = nn.Sequential(nn.Embedding(9, 16), nn.Linear(16, 9))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for start in range(0, 160, 16):
    y = pad_sequence(rows[start : start + 16], batch_first=True)
    losses = F.cross_entropy(model(y.flip(1)).transpose(1, 2), y, reduction="none")
    mask = torch.ones_like(losses)
    mask[y == 0] = 0
    loss = (losses * mask).sum() / mask.sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
