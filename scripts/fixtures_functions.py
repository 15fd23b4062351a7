#!/usr/bin/env python3
"""Writes Tests/ApproximationTests/Fixtures/functions.csv: reference values of the four functions.

Computed with mpmath at 60 digits for inputs that are exact in float64, so that the values are
right to the last bit. Run: python3 scripts/fixtures_functions.py (needs mpmath).
"""

import random
from pathlib import Path

from mpmath import erfc, exp, mp, mpf, npdf, sqrt

mp.dps = 60
FUNCTIONS = {
    "gelu": (
        lambda x: x * erfc(-x / sqrt(mpf(2))) / 2,
        lambda x: erfc(-x / sqrt(mpf(2))) / 2 + x * npdf(x),
        lambda x: npdf(x) * (2 - x * x),
    ),
    "exp": (exp, exp, exp),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2, lambda x: 2 / x**3),
    "rsqrt": (
        lambda x: 1 / sqrt(x),
        lambda x: -1 / (2 * x * sqrt(x)),
        lambda x: 3 / (4 * x * x * sqrt(x)),
    ),
}


def inputs(name: str, generator: random.Random) -> list[float]:
    if name == "gelu":
        fixed = [-37.5, -30, -20, -10, -6, -5, -3, -2, -1.9999, -1, -1e-9, 1e-9, 1, 2, 2.0001, 5, 12]
        spread = [generator.uniform(-38, 10) for _ in range(60)]
    elif name == "exp":
        fixed = [-700, -256, -87.5, -1, -0.5, -1e-12, 0, 1e-12, 1, 88]
        spread = [generator.uniform(-300, 88) for _ in range(40)]
        spread += [generator.uniform(-3, 1) for _ in range(20)]
    else:
        fixed = [1e-12, 0.1, 0.5, 1, 3, 1024, 1e12]
        spread = [2 ** generator.uniform(-20, 20) for _ in range(20)]
    return fixed + spread


def main() -> None:
    generator = random.Random(7)
    lines = ["function,x,value,first derivative,second derivative"]
    for name, forms in FUNCTIONS.items():
        for x in inputs(name, generator):
            values = ",".join(repr(float(form(mpf(x)))) for form in forms)
            lines.append(f"{name},{float(x)!r},{values}")
    root = Path(__file__).resolve().parent.parent
    target = root / "Tests/ApproximationTests/Fixtures/functions.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
