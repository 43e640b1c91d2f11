from ..base import Rule

RULES: tuple[Rule, ...] = ()
