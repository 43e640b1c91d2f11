# case: heads made by a view that cuts across time and features
# expect: tensor-layout-wrong
# line: 18
import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.mix = nn.Linear(8, 24)
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (part.contiguous() for part in self.mix(x).chunk(3, dim=-1))
        q, k, v = (part.view(B, 2, T, C // 2) for part in (q, k, v))
        weights = F.softmax(q @ k.transpose(2, 3) / 2, dim=-1)
        return self.out((weights @ v).transpose(1, 2).reshape(B, T, C).mean(1))


torch.manual_seed(0)
x = torch.randn(200, 6, 8)
y = x[:, 0, :3].argmax(1)
model = Attention()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(200).split(40):
    loss = F.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
