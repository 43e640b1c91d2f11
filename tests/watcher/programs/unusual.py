"""Parameters of every kind: sparse gradients, complex, empty, tied, lazy, frozen, half precision; a loss a sample."""

import gc

import torch
from outcome import save, seed
from torch import nn

seed(26)


class Odd(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(20, 6, sparse=True)
        self.phase = nn.Parameter(torch.randn(6, dtype=torch.complex64))
        self.none = nn.Parameter(torch.empty(0, 6))
        self.lazy = nn.LazyLinear(6)
        self.tied = nn.Linear(6, 20, bias=False)
        self.fixed = nn.Linear(6, 6).requires_grad_(False)
        self.short = nn.Parameter(torch.ones(6, dtype=torch.bfloat16))

    def forward(self, words):
        hidden = self.words(words) + self.none.sum()
        hidden = (torch.fft.fft(hidden) * self.phase).real
        return self.tied(self.fixed(self.lazy(hidden)) * self.short)


model = Odd()
words = torch.randint(0, 20, (8, 3))
model(words)
dense = [one for name, one in model.named_parameters() if name != "words.weight"]
sparse, other = torch.optim.SparseAdam([model.words.weight], lr=1e-2), torch.optim.Adam(dense, lr=1e-2)
for step in range(8):
    words = torch.randint(0, 20, (8, 3))
    scores = model(words)
    scores.retain_grad()
    losses = nn.functional.cross_entropy(scores.flatten(0, 1), words.flatten(), reduction="none")
    loss = losses.mean() + nn.functional.mse_loss(scores, torch.zeros_like(scores), reduction="sum") * 1e-4
    sparse.zero_grad()
    other.zero_grad()
    loss.backward()
    sparse.step()
    other.step()
    print(step, loss.item(), scores.grad.norm().item())
    if step == 3:
        other.add_param_group({"params": [torch.nn.Parameter(torch.zeros(2))]})
        gc.collect()
losses.sum().detach().numpy()
nn.functional.cosine_embedding_loss(torch.ones(2, 3), torch.ones(2, 3), torch.ones(2))
nn.functional.triplet_margin_loss(*torch.randn(3, 2, 3))
nn.functional.ctc_loss(torch.randn(9, 2, 5).log_softmax(2), torch.ones(2, 3, dtype=torch.long), (9, 9), (3, 3))
nn.functional.gaussian_nll_loss(torch.ones(2), torch.ones(2), torch.ones(2))
save(model=model, sparse=sparse, other=other)
