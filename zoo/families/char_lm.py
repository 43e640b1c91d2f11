"""A tiny character-level transformer on generated arithmetic sentences."""
import json
import math
import os
from pathlib import Path

import torch
import torch.nn as nn
from torch.nn import functional as F

# ---- hyperparameters
batch_size = 24
block_size = 20
max_iters = 200
eval_interval = 40
learning_rate = 4e-3
warmup_iters = 20
n_embd = 32
n_head = 4
n_layer = 2
dropout = 0.0
grad_clip = 1.0
seed = int(os.environ.get("ZOO_SEED", 1337))
# ----

torch.manual_seed(seed)
gen = torch.Generator().manual_seed(seed)


def make_text(n):
    out = []
    for _ in range(n):
        a, b = torch.randint(0, 6, (2,), generator=gen).tolist()
        word = ["red", "blue", "green"][int(torch.randint(0, 3, (1,), generator=gen))]
        out.append(f"{a}+{b}={a + b}; {word} {word}.\n")
    return "".join(out)


text = make_text(3000)
chars = sorted(set(text))
vocab_size = len(chars)
stoi = {c: i for i, c in enumerate(chars)}
data = torch.tensor([stoi[c] for c in text])
n1, n2 = int(0.8 * len(data)), int(0.9 * len(data))
train_data, val_data, test_data = data[:n1], data[n1:n2], data[n2:]


def get_batch(source):
    ix = torch.randint(len(source) - block_size - 1, (batch_size,))
    x = torch.stack([source[i : i + block_size] for i in ix])
    y = torch.stack([source[i + 1 : i + block_size + 1] for i in ix])
    return x, y


class SelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(n_embd, 3 * n_embd)
        self.proj = nn.Linear(n_embd, n_embd)
        self.register_buffer("mask", torch.tril(torch.ones(block_size, block_size)).bool())

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.qkv(x).split(n_embd, dim=2)
        q = q.view(B, T, n_head, C // n_head).transpose(1, 2)
        k = k.view(B, T, n_head, C // n_head).transpose(1, 2)
        v = v.view(B, T, n_head, C // n_head).transpose(1, 2)
        att = (q @ k.transpose(-2, -1)) / math.sqrt(C // n_head)
        att = att.masked_fill(~self.mask[:T, :T], float("-inf"))
        att = F.softmax(att, dim=-1)
        y = (att @ v).transpose(1, 2).contiguous().view(B, T, C)
        return self.proj(y)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln1 = nn.LayerNorm(n_embd)
        self.attn = SelfAttention()
        self.ln2 = nn.LayerNorm(n_embd)
        self.mlp = nn.Sequential(
            nn.Linear(n_embd, 4 * n_embd), nn.GELU(), nn.Linear(4 * n_embd, n_embd), nn.Dropout(dropout)
        )

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.mlp(self.ln2(x))


class TinyGPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(vocab_size, n_embd)
        self.pos = nn.Embedding(block_size, n_embd)
        self.blocks = nn.ModuleList([Block() for _ in range(n_layer)])
        self.ln_f = nn.LayerNorm(n_embd)
        self.head = nn.Linear(n_embd, vocab_size, bias=False)
        self.apply(self._init)

    def _init(self, m):
        if isinstance(m, (nn.Linear, nn.Embedding)):
            nn.init.normal_(m.weight, std=0.02)

    def forward(self, idx, targets=None):
        x = self.tok(idx) + self.pos(torch.arange(idx.shape[1]))
        for block in self.blocks:
            x = block(x)
        logits = self.head(self.ln_f(x))
        if targets is None:
            return logits, None
        loss = F.cross_entropy(logits.view(-1, vocab_size), targets.view(-1))
        return logits, loss


model = TinyGPT()
optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=0.01)


def lr_lambda(it):
    if it < warmup_iters:
        return (it + 1) / warmup_iters
    progress = (it - warmup_iters) / (max_iters - warmup_iters)
    return 0.1 + 0.45 * (1 + math.cos(math.pi * progress))


scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda)


@torch.no_grad()
def estimate_loss():
    model.eval()
    losses = [model(*get_batch(val_data))[1].item() for _ in range(5)]
    model.train()
    return sum(losses) / len(losses)


curve = []
for it in range(max_iters):
    xb, yb = get_batch(train_data)
    logits, loss = model(xb, yb)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), grad_clip)
    optimizer.step()
    scheduler.step()
    if (it + 1) % eval_interval == 0:
        curve.append(estimate_loss())
        print(f"step {it + 1}: train loss {loss.item():.4f}, val loss {curve[-1]:.4f}")


@torch.no_grad()
def next_char_loss(n=200):
    model.eval()
    total = 0.0
    starts = torch.randint(len(test_data) - block_size - 1, (n,), generator=torch.Generator().manual_seed(1))
    for length in (5, 10, 15, 20):
        ctx = torch.stack([test_data[i : i + length] for i in starts])
        nxt = torch.stack([test_data[i + length] for i in starts])
        total += F.cross_entropy(model(ctx)[0][:, -1].float(), nxt).item()
    return total / 4


test_loss = next_char_loss()
print(f"test loss per character: {test_loss:.4f}")
if "ZOO_METRICS" in os.environ:
    Path(os.environ["ZOO_METRICS"]).write_text(json.dumps(
        {"loss": test_loss, "main": "loss", "higher_is_better": False, "reported": curve[-1], "curve": curve}))
