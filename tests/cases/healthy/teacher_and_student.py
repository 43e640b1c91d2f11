# case: distillation, and a moving average of the weights
import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(400, 10)
teacher = nn.Linear(10, 4).eval().requires_grad_(False)
y = teacher(x).argmax(1)
student = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 4))
average = copy.deepcopy(student).requires_grad_(False)
optimizer = torch.optim.Adam(student.parameters(), lr=5e-3)
for epoch in range(6):
    for rows in torch.randperm(400).split(40):
        scores = student(x[rows])
        with torch.no_grad():
            soft = F.softmax(teacher(x[rows]), dim=1)
        soft_loss = F.kl_div(F.log_softmax(scores, dim=1), soft, reduction="batchmean")
        loss = F.cross_entropy(scores, y[rows]) + 0.5 * soft_loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for a, p in zip(average.parameters(), student.parameters(), strict=True):
                a.lerp_(p, 0.05)
