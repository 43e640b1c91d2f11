"""What the user's own source says: how rules read it.

`files` gives the program that a run has told the text of; `flow` says what each name holds where it is used; `numbers` computes what
stands in it as constants; `roles` says which values are losses of the training and which are of a validation. A pattern in the text
is a suspicion: rules ask what the run did before they speak.
"""

from .files import Program, place_at, program, program_told
from .flow import Definition
from .numbers import constant
from .shape import ancestors, calls, inside, key, last_name, plain

__all__ = [
    "Definition",
    "Program",
    "ancestors",
    "calls",
    "constant",
    "inside",
    "key",
    "last_name",
    "place_at",
    "plain",
    "program",
    "program_told",
]
