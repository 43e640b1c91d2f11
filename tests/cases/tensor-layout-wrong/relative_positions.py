# case: relative positions of an attention are shifted by padding and a view across two axes
# expect-not: tensor-layout-wrong
import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.mix = nn.Linear(8, 24)
        self.positions = nn.Parameter(0.1 * torch.randn(6, 8))
        self.out = nn.Linear(8, 3)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.mix(x).chunk(3, dim=-1)
        shifted = F.pad(q @ self.positions.T, (1, 0))
        shifted = shifted.view(B, T + 1, T)[:, 1:]
        weights = F.softmax(q @ k.transpose(1, 2) + shifted, dim=-1)
        return self.out((weights @ v).mean(1))


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
