import json
import logging
import math
import os

import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("train")

SEED = int(os.environ.get("ZOO_SEED", 0))
TOPICS = ("sports", "politics", "cooking", "rare-disease")
SHARES = (0.4, 0.3, 0.2, 0.1)
WORDS_PER_TOPIC, COMMON, LENGTH = 30, 60, 20
VOCAB = COMMON + WORDS_PER_TOPIC * len(TOPICS)


class Documents(IterableDataset):
    """A stream of generated documents: (token ids, topic)."""

    def __init__(self, count, seed):
        self.count, self.seed = count, seed

    def __iter__(self):
        rng = torch.Generator().manual_seed(self.seed)
        shares = torch.tensor(SHARES)
        for _ in range(self.count):
            topic = int(torch.multinomial(shares, 1, generator=rng))
            tokens = torch.randint(0, COMMON, (LENGTH,), generator=rng)
            about = torch.rand(LENGTH, generator=rng) < 0.18
            own = COMMON + topic * WORDS_PER_TOPIC + torch.randint(0, WORDS_PER_TOPIC, (LENGTH,), generator=rng)
            yield torch.where(about, own, tokens), topic


class BagOfWords(nn.Module):
    def __init__(self, dim=32, classes=len(TOPICS), p=0.3):
        super().__init__()
        self.bag = nn.EmbeddingBag(VOCAB, dim, mode="mean")
        self.dropout = nn.Dropout(p)
        self.fc = nn.Linear(dim, classes)

    def forward(self, tokens):
        return torch.log_softmax(self.fc(self.dropout(self.bag(tokens))), dim=1)


def run_validation(net, batches, criterion):
    was_training = net.training
    net.eval()
    total = hits = n = 0
    with torch.no_grad():
        for tokens, topic in batches:
            scores = net(tokens)
            total += float(criterion(scores, topic)) * len(topic)
            hits += int((scores.argmax(1) == topic).sum())
            n += len(topic)
    net.train(was_training)
    return total / n, hits / n


def train(net, train_stream, val_batches, epochs=6, accum_steps=4, lr=0.02):
    criterion = nn.NLLLoss()
    optimizer = torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=1e-2)
    curve = []
    net.train()
    for epoch in range(epochs):
        window = []
        for step, (tokens, topic) in enumerate(DataLoader(train_stream, batch_size=8)):
            loss = criterion(net(tokens), topic) / accum_steps
            loss.backward()
            window.append(loss.item() * accum_steps)
            if (step + 1) % accum_steps == 0:
                optimizer.step()
                optimizer.zero_grad()
        val_loss, val_acc = run_validation(net, val_batches, criterion)
        curve.append(val_loss)
        log.info("epoch %d: train %.4f, val %.4f, accuracy %.3f", epoch, sum(window) / len(window), val_loss, val_acc)
    return curve, val_acc


def macro_recall(net, seed):
    tokens, topics = zip(*Documents(500, seed))
    tokens, topics = torch.stack(tokens), torch.tensor(topics)
    net.eval()
    with torch.no_grad():
        guess = net(tokens).argmax(1)
    return sum(float((guess[topics == c] == c).float().mean()) for c in range(len(TOPICS))) / len(TOPICS)


def main():
    torch.manual_seed(SEED)
    net = BagOfWords()
    train_stream = Documents(900, SEED * 10 + 1)
    val_batches = list(DataLoader(Documents(300, SEED * 10 + 2), batch_size=100))
    curve, val_acc = train(net, train_stream, val_batches)
    recall = macro_recall(net, SEED * 10 + 3)
    log.info("macro recall on new documents %.3f", recall)
    if out := os.environ.get("ZOO_METRICS"):
        with open(out, "w", encoding="utf-8") as f:
            json.dump({"macro_recall": recall, "main": "macro_recall", "higher_is_better": True,
                       "reported": val_acc, "curve": curve}, f)


main()
