"""What the catalogue says of each loss beside what is measured, and the speed of the box losses: `make bench-losses`.

Exits with 1 where a formula and its measurement disagree by more than 10⁻⁶, or by 4 standard errors where it was drawn.
"""

import argparse
import sys

import box_speed
import loss_measured
from losscompass.losses.all import ALL

READINGS = ("start", "baseline", "floor")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boxes", type=int, default=1_000_000, help="boxes for the speed of the box losses")
    parser.add_argument("--repeat", type=int, default=15, help="repetitions of each timing")
    parser.add_argument("--only", choices=["readings", "boxes"], help="one of the two tables")
    options = parser.parse_args()
    good = options.only == "boxes" or readings()
    if options.only != "readings":
        box_speed.table(options.boxes, options.repeat)
    return 0 if good else 1


def readings() -> bool:
    """Print loss × (start, baseline, floor) × (formula, measured); true where all agree."""
    measured = dict(loss_measured.cases())
    known = {loss.id for loss in ALL}
    print("formula | measured; – where there is none. In nats where logarithms occur.\n")
    print(f"{'loss':<20}" + "".join(f"{name:>24}" for name in READINGS) + "   agree")
    wrong, checked = 0, 0
    for loss in ALL:
        if loss.id not in measured:
            continue
        case = measured[loss.id]
        said = loss.readings(loss, case.setting)
        cells, apart = [], []
        for name in READINGS:
            formula, value = getattr(said, name), getattr(case, name)
            cells.append(f"{_number(formula):>11} | {_number(None if value is None else value.value):<10}")
            if formula is not None and value is not None:
                checked += 1
                gap = abs(formula - value.value)
                if not gap <= value.allowed:
                    apart.append(f"{name} by {gap:.2e}, allowed {value.allowed:.2e}")
        wrong += len(apart)
        print(f"{loss.id:<20}" + "".join(cells) + ("   yes" if not apart else "   NO: " + "; ".join(apart)))
    missing = [loss.id for loss in ALL if loss.id not in measured]
    print(f"\n{checked} readings of {len(known & set(measured))} losses compared, {wrong} apart.", end=" ")
    print("Not measured: " + (", ".join(missing) or "none"))
    for name in sorted(set(measured) - known):
        print(f"measured, but not in the catalogue: {name}")
    return wrong == 0


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value + 0.0:.6g}" if abs(value) > 1e-12 else "0"


if __name__ == "__main__":
    sys.exit(main())
