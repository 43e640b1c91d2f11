"""A recurrent model over a packed sequence, gradients clipped by norm, the state carried on detached."""

import torch
from outcome import save, seed
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(30, 8, padding_idx=0)
        self.memory = nn.LSTM(8, 16, batch_first=True, num_layers=2, dropout=0.1)
        self.tags = nn.Linear(16, 5)

    def forward(self, words, lengths, state=None):
        packed = pack_padded_sequence(self.words(words), lengths, batch_first=True, enforce_sorted=False)
        out, state = self.memory(packed, state)
        return self.tags(pad_packed_sequence(out, batch_first=True)[0]), state


seed(7)
model, state = Tagger(), None
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(10):
    words, lengths = torch.randint(1, 30, (6, 9)), torch.tensor([9, 7, 9, 3, 5, 8])
    target = words % 5
    for row, length in enumerate(lengths):
        target[row, length:] = -100
    scores, state = model(words, lengths, state)
    state = tuple(one.detach() for one in state)
    loss = nn.functional.cross_entropy(scores.transpose(1, 2), target, ignore_index=-100)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.25)
    optimizer.step()
    print(step, loss.item(), float(norm))
save(model=model, optimizer=optimizer, state=state)
