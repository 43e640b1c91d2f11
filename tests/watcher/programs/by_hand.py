"""No module, no loss function, no optimiser: tensors and arithmetic."""

import numpy as np
import torch
from outcome import save, seed

seed(8)
x = torch.from_numpy(np.random.randn(128, 3)).float()  # noqa: NPY002
y = (x @ torch.tensor([[1.0], [-2.0], [0.5]]) > 0).float()
w1 = (torch.randn(3, 8) / 3**0.5).requires_grad_()
b1 = torch.zeros(8, requires_grad=True)
w2 = (torch.randn(8, 1) / 8**0.5).requires_grad_()
parameters = [w1, b1, w2]
for step in range(30):
    p = torch.sigmoid(torch.tanh(x @ w1 + b1) @ w2)
    loss = -(y * torch.log(p + 1e-7) + (1 - y) * torch.log(1 - p + 1e-7)).mean()
    loss.backward()
    with torch.no_grad():
        for one in parameters:
            one -= 0.5 * one.grad
            if step % 2:
                one.grad = None
            else:
                one.grad.zero_()
    if step % 5 == 0:
        print(step, loss.item())
save(parameters=parameters)
