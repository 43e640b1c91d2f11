# case: a sigmoid in the model, and the loss for logits
# expect: sigmoid-before-bce-with-logits
# expect-not: softmax-before-cross-entropy
# line: 17
import torch
from torch import nn

torch.manual_seed(0)

x = torch.randn(400, 10)
y = (x[:, 0] + x[:, 1] > 0).float()
body = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(body.parameters(), lr=1e-2)
loss_fn = nn.BCEWithLogitsLoss()
for epoch in range(4):
    for i in range(0, 400, 40):
        pred = torch.sigmoid(body(x[i : i + 40]))
        loss = loss_fn(pred.squeeze(1), y[i : i + 40])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
