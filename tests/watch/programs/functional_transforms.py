"""torch.func: gradients of functions, per-sample gradients, a functional call; the loss is called under transformations."""

import torch
import torch.nn.functional as F
from outcome import save, seed
from torch import nn
from torch.func import functional_call, grad, grad_and_value, jvp, vmap

seed(12)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
parameters = {name: one.detach().clone() for name, one in model.named_parameters()}


def loss_of(weights, x, y):
    return F.cross_entropy(functional_call(model, weights, (x,)), y)


def loss_of_one(weights, x, y):
    return loss_of(weights, x[None], y[None])


for step in range(6):
    x, y = torch.randn(8, 4), torch.randint(0, 2, (8,))
    gradients, value = grad_and_value(loss_of)(parameters, x, y)
    single = vmap(grad(loss_of_one), in_dims=(None, 0, 0))(parameters, x, y)
    parameters = {name: one - 0.3 * gradients[name] - 0.01 * single[name].mean(0) for name, one in parameters.items()}
    print(step, value.item(), single["0.weight"].norm().item())
_, tangent = jvp(lambda x: F.mse_loss(x, torch.zeros(3)), (torch.ones(3),), (torch.ones(3),))
print(tangent.item())
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(4):
    x, y = torch.randn(8, 4), torch.randint(0, 2, (8,))
    loss = loss_of(dict(model.named_parameters()), x, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(loss.item())
save(parameters=parameters, model=model)
