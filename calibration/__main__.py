"""`python -m calibration`: measure every rule again."""

from .sweep import main

raise SystemExit(main())
