# case: a recurrent body that was never trained wants no gradient
# expect: parameters-frozen
# line: 25
import torch
from torch import nn

torch.manual_seed(0)
X = torch.randint(0, 30, (400, 8))
y = (X.float().mean(1) > 15).long()


class Enc(nn.Module):
    def __init__(self):
        super().__init__()
        self.e = nn.Embedding(30, 16)
        self.g = nn.GRU(16, 24, batch_first=True)

    def forward(self, x):
        return self.g(self.e(x))[1][0]


class Clf(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc = Enc().requires_grad_(False)
        self.fc = nn.Linear(24, 2)

    def forward(self, x):
        return self.fc(self.enc(x))


net = Clf()
o = torch.optim.AdamW(net.parameters(), 5e-3)
for i in range(120):
    j = torch.randint(400, (40,))
    o.zero_grad()
    loss = nn.functional.nll_loss(net(X[j]).log_softmax(-1), y[j])
    loss.backward()
    o.step()
print(loss.item())
