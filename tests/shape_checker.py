"""What checks the shapes and types of array code while the tests run (`make test`): an int may stand for a float."""

from beartype import BeartypeConf, beartype

check = beartype(conf=BeartypeConf(is_pep484_tower=True))  # PEP 484's numeric tower, which mypy goes by as well
