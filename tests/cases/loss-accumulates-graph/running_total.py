# case: the total of all batches goes backward each time
# expect: loss-accumulates-graph
# expect-not: missing-zero-grad
# line: 21
import torch
import torch.nn.functional as F

torch.manual_seed(0)

x = torch.randn(160, 10)
y = x[:, :1] * 2
w = torch.zeros(10, 1, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=1e-4)

total = 0.0
for step in range(40):
    rows = torch.randint(160, (16,))
    loss = F.mse_loss(x[rows] @ w, y[rows])
    total = total + loss
    optimizer.zero_grad()
    total.backward(retain_graph=True)
    optimizer.step()
