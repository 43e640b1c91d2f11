"""Tag every token of padded sentences (generated grammar)."""
import os
import json
import random

import torch
import torch.nn as nn
import torch.optim as optim

seed = int(os.environ.get("ZOO_SEED", 0))
random.seed(seed)
torch.manual_seed(seed)

NOUNS = ["cat", "dog", "ship", "tree", "light", "play"]
VERBS = ["sees", "likes", "light", "play", "finds"]
ADJ = ["red", "old", "light", "tiny"]
TAGS = {"<pad>": 0, "D": 1, "A": 2, "N": 3, "V": 4}


def sentence():
    words, tags = [], []
    for _ in range(random.choice([1, 1, 2, 5])):
        for part in range(2):
            words.append("the"); tags.append("D")
            while random.random() < 0.4:
                words.append(random.choice(ADJ)); tags.append("A")
            words.append(random.choice(NOUNS)); tags.append("N")
            if part == 0:
                words.append(random.choice(VERBS)); tags.append("V")
    return words, tags


word_to_ix = {"<pad>": 0}
for w in ["the"] + NOUNS + VERBS + ADJ:
    word_to_ix.setdefault(w, len(word_to_ix))

training_data = [sentence() for _ in range(400)]
validation_data = [sentence() for _ in range(100)]
test_data = [sentence() for _ in range(150)]


def to_batch(sentences):
    longest = max(len(w) for w, _ in sentences)
    words = torch.zeros(len(sentences), longest, dtype=torch.long)
    tags = torch.zeros(len(sentences), longest, dtype=torch.long)
    for row, (w, t) in enumerate(sentences):
        words[row, : len(w)] = torch.tensor([word_to_ix[x] for x in w])
        tags[row, : len(t)] = torch.tensor([TAGS[x] for x in t])
    return words, tags


class LSTMTagger(nn.Module):
    def __init__(self, embedding_dim, hidden_dim, vocab_size, tagset_size):
        super().__init__()
        self.word_embeddings = nn.Embedding(vocab_size, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim, batch_first=True, bidirectional=True)
        self.hidden2tag = nn.Linear(2 * hidden_dim, tagset_size)

    def forward(self, words):
        embeds = self.word_embeddings(words)
        lstm_out, _ = self.lstm(embeds)
        return self.hidden2tag(lstm_out)


model = LSTMTagger(12, 16, len(word_to_ix), len(TAGS))
loss_function = nn.CrossEntropyLoss(ignore_index=0)
optimizer = optim.Adam(model.parameters(), lr=0.01)

history = []
for epoch in range(8):
    random.shuffle(training_data)
    total, batches = 0.0, 0
    for i in range(0, len(training_data), 16):
        words, tags = to_batch(training_data[i : i + 16])
        model.zero_grad()
        tag_scores = model(words)
        loss = loss_function(tag_scores.reshape(-1, len(TAGS)), tags.reshape(-1))
        loss.backward()
        optimizer.step()
        total += loss.item()
        batches += 1
    with torch.no_grad():
        words, tags = to_batch(validation_data)
        scores = model(words)
        val_loss = loss_function(scores.reshape(-1, len(TAGS)), tags.reshape(-1)).item()
        real = tags != 0
        val_acc = (scores.argmax(-1) == tags)[real].float().mean().item()
    history.append(val_loss)
    print("epoch %d train %.4f val %.4f acc %.3f" % (epoch, total / batches, val_loss, val_acc))

# final test: one sentence at a time
right = count = 0
with torch.no_grad():
    for w, t in test_data:
        guess = model(torch.tensor([[word_to_ix[x] for x in w]]))[0, :, 1:].argmax(-1) + 1
        right += (guess == torch.tensor([TAGS[x] for x in t])).sum().item()
        count += len(t)
accuracy = right / count
print("test accuracy %.4f" % accuracy)
if os.environ.get("ZOO_METRICS"):
    json.dump({"accuracy": accuracy, "main": "accuracy", "higher_is_better": True, "reported": val_acc,
               "curve": history}, open(os.environ["ZOO_METRICS"], "w"))
