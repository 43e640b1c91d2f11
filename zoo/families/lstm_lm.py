import json
import os

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset

PAD = 0
VOCAB = 12


class CopySequences(Dataset):
    """A key token, some filler, a separator, and the key again: the model must remember the key."""

    def __init__(self, count, seed):
        rng = np.random.default_rng(seed)
        self.rows = []
        for _ in range(count):
            key = int(rng.integers(4, VOCAB))
            filler = [int(t) for t in rng.choice([1, 2], size=int(rng.integers(3, 14)), p=[0.7, 0.3])]
            self.rows.append(torch.tensor([key, *filler, 3, key, key]))

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index]


def collate(rows):
    padded = pad_sequence(rows, batch_first=True, padding_value=PAD)
    return padded[:, :-1], padded[:, 1:]


class LanguageModel(nn.Module):
    def __init__(self, emb=16, hidden=48):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, emb, padding_idx=PAD)
        self.rnn = nn.LSTM(emb, hidden, batch_first=True)
        self.out = nn.Linear(hidden, VOCAB)

    def forward(self, tokens):
        states, _ = self.rnn(self.embed(tokens))
        return self.out(states)


def evaluate(model, loader, loss_fn):
    model.eval()
    total, tokens = 0.0, 0
    with torch.no_grad():
        for x, y in loader:
            n = int((y != PAD).sum())
            total += loss_fn(model(x).transpose(1, 2), y).item() * n
            tokens += n
    model.train()
    return total / tokens


def recall_of_keys(model, seed):
    """Share of sequences whose last token (the key) is predicted from the prefix alone."""
    model.eval()
    hits = 0
    rows = CopySequences(200, seed).rows
    with torch.no_grad():
        for row in rows:
            for cut in (2, 1):
                hits += int(model(row[:-cut].unsqueeze(0))[0, -1].argmax() == row[-cut])
    return hits / (2 * len(rows))


def run(seed=0, epochs=8, lr=1e-2, batch_size=16, clip=1.0):
    torch.manual_seed(seed)
    train_loader = DataLoader(CopySequences(640, seed * 3 + 1), batch_size, shuffle=True, collate_fn=collate)
    val_loader = DataLoader(CopySequences(200, seed * 3 + 2), 100, collate_fn=collate)
    model = LanguageModel()
    loss_fn = nn.CrossEntropyLoss(ignore_index=PAD)
    optim = torch.optim.Adam(model.parameters(), lr=lr)
    curve = []
    for epoch in range(1, epochs + 1):
        seen = []
        for x, y in train_loader:
            optim.zero_grad()
            logits = model(x)
            loss = loss_fn(logits.transpose(1, 2), y)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), clip)
            optim.step()
            seen.append(loss.detach())
        curve.append(evaluate(model, val_loader, loss_fn))
        print(f"{epoch:3d} | train {torch.stack(seen).mean():.4f} | val {curve[-1]:.4f}")
    return model, curve


if __name__ == "__main__":
    seed = int(os.environ.get("ZOO_SEED", "0"))
    model, curve = run(seed)
    recall = recall_of_keys(model, seed * 3 + 3)
    print("keys recalled:", recall)
    if "ZOO_METRICS" in os.environ:
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"recall": recall, "main": "recall", "higher_is_better": True, "curve": curve}, f)
