# case: a body is frozen after it was trained, and what is trained next is all that the optimiser holds
# expect-not: parameters-frozen
# expect-not: optimizer-misses-parameters
# expect-not: optimizer-holds-other-parameters
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.randn(320, 10)
body = nn.Sequential(nn.Linear(10, 32), nn.ReLU())
head = nn.Linear(32, 1)
for phase in range(2):
    if phase:
        body.requires_grad_(False)
        head = nn.Linear(32, 1)
    model = nn.Sequential(body, head)
    y = x[:, 3 * phase : 3 * phase + 3].sum(1, keepdim=True)
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=1e-2)
    for step in range(40):
        loss = F.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
