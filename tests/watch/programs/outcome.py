"""What a program leaves behind: every bit of what it trained, and the random states it ended with."""

import pickle
import random
import warnings
from pathlib import Path

import numpy as np
import torch


def save(name="outcome", **things):
    """Write tensors, modules and optimisers' states, bit by bit, and the states of all random number generators."""
    with Path(f"{name}.bin").open("wb") as file:
        for key, thing in sorted(things.items()):
            for path, value in sorted(flat(key, thing)):
                file.write(f"{path}\n".encode())
                file.write(bits(value))
        file.write(torch.get_rng_state().numpy().tobytes())
        file.write(pickle.dumps([random.getstate(), repr(np.random.get_state(legacy=True)[1:])]))  # noqa: NPY002
        file.write(np.random.get_state(legacy=True)[1].tobytes())  # noqa: NPY002


def flat(path, thing):
    if hasattr(thing, "state_dict"):
        thing = thing.state_dict()
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield from flat(f"{path}/{key}", value)
    elif isinstance(thing, list | tuple):
        for at, value in enumerate(thing):
            yield from flat(f"{path}/{at}", value)
    else:
        yield path, thing


def bits(value):
    if not isinstance(value, torch.Tensor):
        return repr(value).encode()
    value = value.detach().as_subclass(torch.Tensor)
    if value.is_sparse:
        value = value.to_dense()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (
            f"{value.dtype}{tuple(value.shape)}".encode()
            + value.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
        )


def seed(number=0):
    """All generators."""
    torch.manual_seed(number)
    np.random.seed(number)  # noqa: NPY002
    random.seed(number)
