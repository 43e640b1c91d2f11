"""Words that have a name: with `watch = "valid"`, `history[watch]` is `history["valid"]`."""

import ast
from collections import Counter


def spelled_out(tree: ast.Module) -> ast.Module:
    """The tree, with such words in the place of their names; only those that are given once and never changed."""
    given = Counter(one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
    given.update(one.arg for one in ast.walk(tree) if isinstance(one, ast.arg))
    words = {
        one.targets[0].id: one.value.value
        for one in tree.body
        if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name)
        if isinstance(one.value, ast.Constant) and isinstance(one.value.value, str) and given[one.targets[0].id] == 1
    }
    for one in ast.walk(tree) if words else ():
        if isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Name) and one.slice.id in words:
            one.slice = ast.copy_location(ast.Constant(words[one.slice.id]), one.slice)
    return tree
