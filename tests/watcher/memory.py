"""A recorder that keeps everything in memory."""

from collections import defaultdict


class Memory:
    """`rows`: name -> [(step, value)]; `events`: (name, step, data, places); `facts`; `tensors`."""

    def __init__(self):
        self.rows = defaultdict(list)
        self.events = []
        self.facts = {}
        self.tensors = []

    def layout(self, names):
        def row(step, *values):
            for name, value in zip(names, values, strict=True):
                self.rows[name].append((step, value))

        return row

    def event(self, name, step, data, places):
        self.events.append((name, step, data, places))

    def fact(self, name, value):
        self.facts[name] = value

    def tensor(self, tensor, kind, step, stats):
        self.tensors.append((tensor, kind, step, stats))

    def last(self, name, **wanted):
        """The data of the last event of a name with these values."""
        return next(
            data
            for event, _, data, _ in reversed(self.events)
            if event == name and all(data.get(key) == value for key, value in wanted.items())
        )

    def values(self, name):
        return [value for _, value in self.rows[name]]

    def steps(self, name):
        return [step for step, _ in self.rows[name]]
