"""`python -m losscompass` is `losscompass`."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # `-m` looks for modules in the working folder first: a training script's random.py or types.py is not meant for us.
    if sys.path and Path(sys.path[0]).resolve() == Path.cwd() and Path(__file__).parents[1] != Path.cwd():
        del sys.path[0]
    from losscompass.cli import main

    sys.exit(main())
