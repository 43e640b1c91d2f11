# case: the loss leaves out -100, and the labels are filled up with 0
# expect: padding-in-loss
# line: 23
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Collate:
    def __init__(self, pad=0, label_pad=-100):
        self.pad, self.label_pad = pad, label_pad

    def __call__(self, rows):
        width = max(map(len, rows))
        x = torch.tensor([row + [self.pad] * (width - len(row)) for row in rows])
        y = torch.tensor([[one % 3 + 1 for one in row] + [self.label_pad] * (width - len(row)) for row in rows])
        return x, y


rows = [torch.randint(1, 9, (int(n),)).tolist() for n in torch.randint(3, 12, (160,))]
collate = Collate(pad=0, label_pad=0)
tagger = nn.Sequential(nn.Embedding(9, 8), nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(tagger.parameters(), lr=1e-2)
for epoch in range(3):
    for picked in torch.randperm(160).split(16):
        x, y = collate([rows[i] for i in picked])
        loss = F.nll_loss(tagger(x).log_softmax(-1).transpose(1, 2), y, ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
