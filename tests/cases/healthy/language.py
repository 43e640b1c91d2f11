# case: characters, a small transformer
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Tiny(nn.Module):
    def __init__(self, letters, width=24, context=16):
        super().__init__()
        self.letters = nn.Embedding(letters, width)
        self.places = nn.Parameter(torch.randn(context, width) * 0.02)
        self.block = nn.TransformerEncoderLayer(width, 2, 48, dropout=0.0, batch_first=True, norm_first=True)
        self.head = nn.Linear(width, letters)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(context))

    def forward(self, ids):
        n = ids.shape[1]
        return self.head(self.block(self.letters(ids) + self.places[:n], src_mask=self.mask[:n, :n]))


text = "the loss is a compass; it says where training stands. " * 30
alphabet = sorted(set(text))
ids = torch.tensor([alphabet.index(letter) for letter in text])
model = Tiny(len(alphabet))
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for step in range(60):
    starts = torch.randint(len(ids) - 17, (16,))
    chunk = torch.stack([ids[i : i + 17] for i in starts])
    logits = model(chunk[:, :-1])
    loss = F.cross_entropy(logits.reshape(-1, len(alphabet)), chunk[:, 1:].reshape(-1))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
