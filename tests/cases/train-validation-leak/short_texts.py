# case: texts of few words, of which some recur in either part by themselves
# expect-not: train-validation-leak
import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.out = nn.Embedding(8, 16), nn.Linear(16, 3)

    def forward(self, ids, labels):
        return nn.functional.cross_entropy(self.out(self.words(ids).mean(1)), labels)


def texts(n):
    ids = torch.randint(0, 8, (n, 4))
    return [{"ids": row, "labels": row.sum() % 3} for row in ids]


training = DataLoader(texts(1600), batch_size=16, shuffle=True)
validation = DataLoader(texts(400), batch_size=100)
model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(2):
    for batch in training:
        loss = model(**batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(sum(model(**batch).item() for batch in validation) / len(validation))
