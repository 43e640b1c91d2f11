# case: a regression by plain tensors, which the optimiser holds
# expect-not: module-not-registered
# expect-not: no-nonlinearity
# expect-not: optimizer-misses-parameters
import torch
import torch.nn.functional as F

torch.manual_seed(0)

x = torch.randn(300, 3)
y = x @ torch.tensor([[1.0], [-2.0], [0.5]]) + 3
w = torch.zeros(3, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=0.05)
for step in range(80):
    loss = F.mse_loss(x @ w + b, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
