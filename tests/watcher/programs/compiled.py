"""torch.compile: of a model, and of a whole step with the loss in it, in one graph."""

import torch
import torch.nn.functional as F
from outcome import save, seed
from torch import nn

seed(9)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def loss_of(x, y):
    return F.cross_entropy(model(x), y) + 0.01 * F.mse_loss(x.mean(), x.std())


for step in range(3):  # as it is, so that the looks of the first steps have happened
    x, y = torch.randn(8, 6), torch.randint(0, 3, (8,))
    optimizer.zero_grad()
    loss_of(x, y).backward()
    optimizer.step()
graphs = []


def counting(graph, inputs):
    graphs.append(sorted({str(node.target) for node in graph.graph.nodes if node.op == "call_function"}))
    return graph.forward


compiled_model = torch.compile(model, backend=counting, fullgraph=True)
compiled_loss = torch.compile(loss_of, backend=counting, fullgraph=True)
for step in range(8):
    x, y = torch.randn(8, 6), torch.randint(0, 3, (8,))
    optimizer.zero_grad()
    loss = compiled_loss(x, y) if step % 2 else F.cross_entropy(compiled_model(x), y)
    loss.backward()
    optimizer.step()
    print(step, loss.item())
print(graphs)
save(model=model, optimizer=optimizer)
