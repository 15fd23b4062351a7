#!/usr/bin/env python3
"""Writes Tests/ApproximationTests/Fixtures/functions.csv: reference values of the functions.

Computed with mpmath at 60 digits for inputs that are exact in float64, so that the values are
right to the last bit. Run: python3 scripts/fixtures_functions.py (needs mpmath).
"""

import random
from pathlib import Path

from mpmath import diff, erfc, exp, log1p, mp, mpf, npdf, pi, sqrt, tanh

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
FORMS = {
    "gelu-tanh": lambda x: x * (1 + tanh(sqrt(2 / pi) * (x + mpf("0.044715") * x**3))) / 2,
    "silu": lambda x: x / (1 + exp(-x)),
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
    "tanh": tanh,
    "softplus": lambda x: log1p(exp(x)),
    "hardswish": lambda x: x * min(max(x + 3, mpf(0)), mpf(6)) / 6,
}
for NAME, FORM in FORMS.items():
    FUNCTIONS[NAME] = (
        FORM,
        lambda x, form=FORM: diff(form, x, 1),
        lambda x, form=FORM: diff(form, x, 2),
    )


def inputs(name: str, generator: random.Random) -> list[float]:
    if name == "gelu":
        fixed = [-37.5, -30, -20, -10, -6, -5, -3, -2, -1.9999, -1, -1e-9, 1e-9, 1, 2, 2.0001, 5, 12]
        spread = [generator.uniform(-38, 10) for _ in range(60)]
    elif name == "exp":
        fixed = [-700, -256, -87.5, -1, -0.5, -1e-12, 0, 1e-12, 1, 88]
        spread = [generator.uniform(-300, 88) for _ in range(40)]
        spread += [generator.uniform(-3, 1) for _ in range(20)]
    elif name in FORMS:
        fixed = [-3.5, -2, -1, -0.6, -1e-9, 1e-9, 0.3, 0.7, 1, 2.5, 4, 9]
        fixed += [] if name == "gelu-tanh" else [-40, -20, 30]
        spread = [generator.uniform(-8, 8) for _ in range(40)]
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
