# my first text classifier :)
# messages are made up, 1 = spam, 0 = not spam
import os
import random

import torch
import torch.nn as nn

random.seed(int(os.environ.get("ZOO_SEED", 3)))
torch.manual_seed(int(os.environ.get("ZOO_SEED", 3)))

normal_words = "meeting lunch tomorrow project report thanks family call train weekend dinner notes budget".split()
spam_words = "winner prize free click offer credit viagra urgent cash loan bonus".split()
shared = "the a you we is to and of please now today for your with see send new get".split()


def make_message(spam):
    words = random.choices(shared, k=random.randint(6, 12))
    topic = spam_words if spam else normal_words
    other = normal_words if spam else spam_words
    words += random.choices(topic, k=random.randint(1, 3))
    if random.random() < 0.25:
        words.append(random.choice(other))
    random.shuffle(words)
    return words


messages, labels = [], []
for i in range(1500):
    is_spam = random.random() < 0.4
    messages.append(make_message(is_spam))
    labels.append(1.0 if is_spam else 0.0)

vocab = sorted(set(w for m in messages for w in m))
index = {w: i for i, w in enumerate(vocab)}
print("number of words:", len(vocab))


def to_counts(message):
    v = torch.zeros(len(vocab))
    for w in message:
        v[index[w]] += 1
    return v


x = torch.stack([to_counts(m) for m in messages])
y = torch.tensor(labels).reshape(-1, 1)
x_train, y_train = x[:1000], y[:1000]
x_valid, y_valid = x[1000:1250], y[1000:1250]
x_test, y_test = x[1250:], y[1250:]

model = nn.Sequential(nn.Linear(len(vocab), 16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 1))
loss_fn = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)

for epoch in range(10):
    model.train()
    # mix the messages every time
    order = torch.randperm(1000)
    sum_loss = 0
    for start in range(0, 1000, 20):
        pick = order[start : start + 20]
        prediction = model(x_train[pick])
        loss = loss_fn(prediction, y_train[pick])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        sum_loss += loss.item()
    model.eval()
    with torch.no_grad():
        valid = model(x_valid)
        valid_loss = loss_fn(valid, y_valid).item()
        right = ((valid > 0).float() == y_valid).float().mean().item()
    print("epoch", epoch, "loss", sum_loss / 50, "valid loss", valid_loss, "valid right", right)

model.eval()
with torch.no_grad():
    right = ((model(x_test) > 0).float() == y_test).float().mean().item()
print("right on the test messages:", right)
