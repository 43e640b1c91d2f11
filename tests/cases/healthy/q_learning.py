# case: a Q-network with a target network and a replay memory
import copy
import random

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
random.seed(0)
q = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 2))
target = copy.deepcopy(q)
optimizer = torch.optim.Adam(q.parameters(), lr=1e-3)
memory = []
state = torch.randn(3)
for step in range(150):
    with torch.no_grad():
        action = random.randrange(2) if random.random() < 0.3 else int(q(state).argmax())
    reward = float(state[0] > 0) if action else float(state[0] <= 0)
    following = torch.randn(3)
    memory.append((state, action, reward, following))
    state = following
    if len(memory) >= 32:
        s, a, r, s2 = zip(*random.sample(memory, 32), strict=True)
        with torch.no_grad():
            goal = torch.tensor(r) + 0.5 * target(torch.stack(s2)).amax(1)
        value = q(torch.stack(s)).gather(1, torch.tensor(a)[:, None]).squeeze(1)
        loss = F.smooth_l1_loss(value, goal)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if step % 25 == 0:
        target.load_state_dict(q.state_dict())
