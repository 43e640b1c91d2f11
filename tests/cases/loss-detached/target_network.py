# case: targets of another network are detached on purpose
# expect-not: loss-detached
# expect-not: optimizer-misses-parameters
# expect-not: train-mode-in-validation
import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

q = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
target = copy.deepcopy(q)
optimizer = torch.optim.Adam(q.parameters(), lr=1e-3)
for step in range(80):
    s, s2 = torch.randn(32, 4), torch.randn(32, 4)
    a, r = torch.randint(2, (32, 1)), torch.randn(32)
    with torch.no_grad():
        goal = r + 0.9 * target(s2).max(1).values
    loss = F.smooth_l1_loss(q(s).gather(1, a).squeeze(1), goal)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 0:
        target.load_state_dict(q.state_dict())
