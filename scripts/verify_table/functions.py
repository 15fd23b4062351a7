"""The functions of tables, with what bounds need to know of their derivatives."""

import numpy as np
from scipy import special

TANH_RATE = 2 * np.sqrt(2 / np.pi)


def _normal(x):
    return np.exp(-x * x / 2) / np.sqrt(2 * np.pi)


def _logistic(x):
    s = special.expit(x)
    return s, s * special.expit(-x)


def _gelu_tanh(x):
    """s(u), s'(u), s''(u) / s'(u), u' and u'' of x·s(u)."""
    u = TANH_RATE * (x + 0.044715 * x**3)
    s, ds = _logistic(u)
    return s, ds, 1 - 2 * s, TANH_RATE * (1 + 3 * 0.044715 * x * x), TANH_RATE * 6 * 0.044715 * x


def _gelu_tanh_d(x):
    s, ds, _, du, _ = _gelu_tanh(x)
    return s + np.where(ds > 0, x * ds * du, 0)


def _gelu_tanh_d2(x):
    _, ds, turn, du, ddu = _gelu_tanh(x)
    return np.where(ds > 0, ds * (2 * du + x * (turn * du * du + ddu)), 0)


def _silu_d2(x):
    s, ds = _logistic(x)
    return ds * (2 + x * (1 - 2 * s))


# f, f' and f''; at a kink, either side's.
FORMULAS = {
    "gelu": (lambda x: x * special.ndtr(x), lambda x: special.ndtr(x) + x * _normal(x),
             lambda x: _normal(x) * (2 - x * x)),
    "gelu-tanh": (lambda x: x * _gelu_tanh(x)[0], _gelu_tanh_d, _gelu_tanh_d2),
    "exp": (np.exp, np.exp, np.exp),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / (x * x), lambda x: 2 / x**3),
    "rsqrt": (lambda x: 1 / np.sqrt(x), lambda x: -0.5 * x**-1.5, lambda x: 0.75 * x**-2.5),
    "silu": (lambda x: x * special.expit(x), lambda x: special.expit(x) + x * _logistic(x)[1], _silu_d2),
    "sigmoid": (special.expit, lambda x: _logistic(x)[1], lambda x: _logistic(x)[1] * (1 - 2 * special.expit(x))),
    "tanh": (np.tanh, lambda x: 4 * _logistic(2 * x)[1],
             lambda x: 8 * _logistic(2 * x)[1] * (1 - 2 * special.expit(2 * x))),
    "softplus": (lambda x: np.logaddexp(0, x), special.expit, lambda x: _logistic(x)[1]),
    "hardswish": (lambda x: x * np.clip(x + 3, 0, 6) / 6,
                  lambda x: np.where(np.abs(x) < 3, (2 * x + 3) / 6, x >= 3) * 1.0,
                  lambda x: (np.abs(x) <= 3) / 3),
}
NON_NEGATIVE = ("exp", "reciprocal", "rsqrt", "sigmoid", "softplus")
# All of these are monotone, which zero pieces rely on.
ANCHORED_AT_ZERO = ("gelu", "gelu-tanh", "silu", "tanh", "hardswish", "sigmoid", "exp")
ENDS_ON_IDENTITY = ("gelu", "gelu-tanh", "silu", "softplus", "hardswish")


class Function:
    """f, its slope, and bounds on how far it bends."""

    def __init__(self, source):
        self.name = source if isinstance(source, str) else "samples"
        self.is_non_negative = self.name in NON_NEGATIVE
        if self.name != "samples":
            self.f, self.d, self.d2 = FORMULAS[self.name]
            self.kinks = np.array([-3.0, 3.0] if self.name == "hardswish" else [])
            self.is_straight = False
            self.peaks = self._peaks()
            return
        xs, ys = np.array(source["samples"], dtype=float).T
        slopes = np.diff(ys) / np.diff(xs)
        self.f = lambda x: (np.interp(x, xs, ys) + slopes[0] * np.minimum(x - xs[0], 0)
                            + slopes[-1] * np.maximum(x - xs[-1], 0))
        self.d = lambda x: slopes[np.clip(np.searchsorted(xs, x, "right") - 1, 0, len(slopes) - 1)]
        self.kinks, self.is_straight, self.peaks = xs, True, np.zeros(0)

    def _peaks(self):
        """Where f'' turns, to a few thousandths."""
        if self.name in ("exp", "reciprocal", "rsqrt", "hardswish"):
            return np.zeros(0)
        x = np.linspace(-14, 14, 14_001)
        rises = np.diff(self.d2(x)) > 0
        return x[1:-1][rises[1:] != rises[:-1]]

    def most_bent(self, a, b):
        """At least the largest |f''| on each [a, b], kinks aside."""
        if self.is_straight:
            return np.zeros(np.shape(a))
        most = np.maximum(np.abs(self.d2(a)), np.abs(self.d2(b)))
        if self.name == "hardswish":
            return np.where((a < 3) & (b > -3), 1 / 3, most)
        for p in self.peaks:
            most = np.where((a < p + 0.004) & (b > p - 0.004), np.maximum(most, np.abs(self.d2(p))), most)
        return most * 1.001

    def deviation(self, edges, cells):
        """At least how far f gets from its chords on [edges[i], edges[i + 1]], the largest of each cell."""
        a, b = edges[:-1], edges[1:]
        bent = self.most_bent(a, b) * (b - a) ** 2 / 8
        inside = self.kinks[(self.kinks > edges[0]) & (self.kinks < edges[-1])]
        if len(inside):
            i = np.searchsorted(edges, inside, "right") - 1
            share = (inside - a[i]) / (b[i] - a[i])
            chord = (1 - share) * self.f(a[i]) + share * self.f(b[i])
            kinked = np.zeros(len(a))
            np.maximum.at(kinked, i, np.abs(self.f(inside) - chord))
            bent = np.where(kinked > 0, kinked + 2 * bent, bent)
        most = np.zeros(cells.max() + 1)
        np.maximum.at(most, cells, bent)
        return most
