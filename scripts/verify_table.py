#!/usr/bin/env python3
"""Checks a table and its certificate with numpy and scipy alone; shares no code with nnlut.

    nnlut table fit --function gelu --domain=-4:4 --entries 8 --output json -o gelu.json
    python3 scripts/verify_table.py gelu.json …

Rechecks the table's arithmetic (its probes, bit for bit), the largest and the mean squared error on
the true function, every alternation triple, and the programme over cells behind a bound on the mean
square. Prints what holds; exits with 1 and says so if anything does not.
"""

import json
import sys

import numpy as np
from scipy import special

FUNCTIONS = {
    "gelu": lambda x: x * special.ndtr(x),
    "gelu-tanh": lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
    "exp": np.exp,
    "reciprocal": lambda x: 1 / x,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "silu": lambda x: x * special.expit(x),
    "sigmoid": special.expit,
    "tanh": np.tanh,
    "softplus": lambda x: np.logaddexp(0, x),
    "hardswish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
}
NODES, NODE_WEIGHTS = special.roots_legendre(5)


class Table:
    """The arithmetic of docs/tables.md."""

    def __init__(self, document):
        self.d, n = document, document["numbers"]
        self.format = document["format"]
        self.lower, self.upper = np.float32(document["lowerBound"]), np.float32(document["upperBound"])
        kind = {"fp32": np.float32, "fp16": np.float16}.get(self.format, np.int64)
        self.b, self.m, self.c = (np.array([kind(v) for v in n[k]], dtype=kind)
                                  for k in ("breakpoints", "slopes", "intercepts"))
        if kind is np.int64:
            self.step_in, self.step_out = (
                np.float32(n[f"{side}Step"]) if f"{side}Step" in n
                else np.float32(2.0 ** -n[f"{side}FractionBits"]) for side in ("input", "output"))
            self.s, self.r, bits = n["interceptShift"], n["resultShift"], int(self.format[3:])
            self.least, self.most = -(1 << bits - 1), (1 << bits - 1) - 1
            # The widths: no accumulator can leave 64 bits.
            for m, c in zip(self.m.tolist(), self.c.tolist()):
                assert abs(m) * -self.least + (abs(c) << self.s) + (1 << self.r - 1) < 1 << 63
        self.kind = kind

    def units(self, x, step):
        """rne(x / step), saturated, of float32 numbers."""
        return np.clip(np.rint((x / step).astype(np.float64)), self.least, self.most).astype(np.int64)

    def quantised(self, u):
        if self.kind is np.float32:
            return u
        if self.kind is np.float16:
            return np.clip(u.astype(np.float16), np.float16(-65504), np.float16(65504))
        return self.units(u, self.step_in)

    def breakpoints(self):
        return self.b.astype(float) * (float(self.step_in) if self.kind is np.int64 else 1)

    def lines(self, h):
        i = np.searchsorted(self.b, h, side="right")
        if self.kind is np.int64:
            y = (self.m[i] * h + (self.c[i] << self.s) + (1 << self.r - 1)) >> self.r
            return np.clip(y, self.least, self.most)
        product = np.where(self.m[i] == 0, self.kind(0), self.m[i] * h)
        y = (product + self.c[i]).astype(self.kind)
        return np.clip(y, np.float16(-65504), np.float16(65504)) if self.kind is np.float16 else y

    def core(self, u):
        """The result for reduced inputs, before it is scaled back."""
        h = self.quantised(u)
        low, high = self.quantised(np.array([self.lower, self.upper]))
        y = self.lines(np.where((h < low) & (self.d["left"] == "clamp"), low,
                                np.where((h > high) & (self.d["right"] == "clamp"), high, h)))
        for side, outside in (("left", h < low), ("right", h > high)):
            if isinstance(self.d[side], dict):
                constant = np.array([self.d[side]["constant"]], dtype=np.float32)
                constant = self.units(constant, self.step_out) if self.kind is np.int64 else constant
                y = np.where(outside, constant.astype(y.dtype), y)
        if self.d["isNonNegative"]:
            y = np.where(y < 0, y.dtype.type(0), y)
        return y.astype(np.float32) * (self.step_out if self.kind is np.int64 else np.float32(1))

    def __call__(self, x):
        x = np.asarray(x, dtype=np.float32) + np.float32(0)
        x = np.where(x == 0, np.float32(0), x)
        if self.d["scaling"] == "none":
            return self.core(x)
        if self.d["scaling"] == "paper":
            small = x < 1
            return self.core(np.where(small, x * np.float32(1024), x)) * np.where(small, 32, 1).astype(np.float32)
        valid = (x > 0) & np.isfinite(x)
        m, e = np.frexp(np.maximum(np.where(valid, x, 1), np.float32(2.0**-126)))
        m, e = m * np.float32(2), e - 1
        if self.d["scaledFunction"] == "rsqrt":
            odd = e % 2 == 1
            m, e = np.where(odd, m * np.float32(2), m), (e - odd) // 2
        return np.where(valid, (self.core(m).astype(np.float64) * 2.0**-e).astype(np.float32), np.float32(0))


class Problem:
    """Function, domain and measure, after range reduction."""

    def __init__(self, document, table):
        function = document["function"]
        if isinstance(function, dict):
            xs, ys = np.array(function["samples"], dtype=float).T
            ends = np.array([(ys[1] - ys[0]) / (xs[1] - xs[0]), (ys[-1] - ys[-2]) / (xs[-1] - xs[-2])])
            self.f = lambda x: (np.interp(x, xs, ys) + ends[0] * np.minimum(x - xs[0], 0)
                                + ends[1] * np.maximum(x - xs[-1], 0))
            self.kinks = xs
        else:
            self.f, self.kinks = FUNCTIONS[function], np.array([-3.0, 3.0] if function == "hardswish" else [])
        self.table, self.scaling = table, document["scaling"]
        self.domain = [float(v) for v in document["domain"]]
        self.lower, self.upper = float(table.lower), float(table.upper)
        self.relative = document["request"]["objective"].startswith("relative")
        self.is_maximum = document["request"]["objective"].endswith("max")
        grid = self.grid(self.lower, self.upper, [], 10_000)
        self.floor = np.abs(self.f(grid)).max() / 256
        self.weights = None
        if document["weights"] is not None:
            w = np.array(document["weights"], dtype=float).reshape(-1, 3)
            low, high = np.maximum(w[:, 0], self.domain[0]), np.minimum(w[:, 1], self.domain[1])
            width = w[:, 1] - w[:, 0]
            share = np.where(width > 0, (high - low) / np.where(width > 0, width, 1), low <= high)
            keep = (share > 0) & (w[:, 2] > 0)
            if keep.any():
                self.weights = np.stack([low, high, w[:, 2] * share], axis=1)[keep]

    def magnitude(self, x):
        return np.maximum(np.abs(self.f(x)), self.floor) if self.relative else np.ones_like(x)

    def grid(self, lower, upper, more, count):
        """Positions that resolve the function: even ones, and geometric ones towards 0."""
        even = np.linspace(lower, upper, count)
        away = np.geomspace(max(1e-6, 1e-9 * upper), max(abs(lower), abs(upper), 1e-5), count // 4)
        every = np.concatenate([even, away, -away, self.kinks, more])
        return np.unique(np.concatenate([every[(every > lower) & (every < upper)], [lower, upper]]))

    def points(self, intervals, edges):
        """Gauss points and their masses for a list of (lower, upper, mass)."""
        xs, ws = [], []
        for low, high, mass in intervals:
            if low == high:
                xs.append(np.array([low])), ws.append(np.array([mass]))
                continue
            inner = edges[np.searchsorted(edges, low, "right"):np.searchsorted(edges, high, "left")]
            e = np.concatenate([[low], inner, [high]])
            half, middle = np.diff(e) / 2, (e[1:] + e[:-1]) / 2
            xs.append((middle[:, None] + half[:, None] * NODES).ravel())
            ws.append((half[:, None] * NODE_WEIGHTS).ravel() * (mass / (high - low)))
        return np.concatenate(xs), np.concatenate(ws)

    def errors(self, x, core=False):
        """table − f where the table has rounded an fp16 input, and the position."""
        x = np.asarray(x).astype(np.float32)
        if self.table.kind is np.float16 and self.scaling == "none":
            x = self.table.quantised(x).astype(np.float32)
        value = self.table.core(x) if core else self.table(x)
        return x.astype(float), value.astype(float) - self.f(x.astype(float))

    def steps(self):
        """Where the rounding of an integer table's inputs jumps, and its breakpoints."""
        b = self.table.breakpoints()
        if self.table.kind is np.int64:
            step = float(self.table.step_in)
            if (self.upper - self.lower) / step < 200_000:
                first = np.floor(self.lower / step)
                b = np.concatenate([b, (np.arange(first, self.upper / step + 1) + 0.5) * step])
        return b

    def maximum(self):
        if self.table.kind is np.float16:
            halves = np.arange(65536, dtype=np.uint16).view(np.float16)
            xs = halves[np.isfinite(halves)].astype(float)
            xs = xs[(xs >= self.lower) & (xs <= self.upper)]
        else:
            xs = self.grid(self.lower, self.upper, self.steps(), 100_000).astype(np.float32)
            xs = np.unique(np.concatenate([xs, np.nextafter(xs, np.float32(-np.inf)), np.nextafter(xs, np.float32(np.inf))]))
            xs = xs[(xs >= self.table.lower) & (xs <= self.table.upper)]
        x, e = self.errors(xs, core=True)
        return np.abs(e).max(), (np.abs(e) / self.magnitude(x)).max()

    def mean_square(self):
        if self.weights is None:
            edges = self.grid(self.lower, self.upper, self.steps(), 10_000)
            x, w = self.points([(self.lower, self.upper, 1.0)], edges)
            x, e = self.errors(x, core=True)
        else:
            low, high = self.weights[:, 0].min(), self.weights[:, 1].max()
            edges = self.grid(low, high, self.steps() if self.scaling == "none" else [], 10_000)
            x, w = self.points(self.weights, edges)
            x, e = self.errors(x)
            w = w / w.sum()
        return (w * e**2).sum(), (w * (e / self.magnitude(x)) ** 2).sum()

    def folded(self):
        """The measure the table sees: its inputs' intervals, results scaled back, and their mass."""
        if self.weights is None:
            return np.array([[self.lower, self.upper, 1.0]]), 1.0
        if self.scaling == "none":
            return self.weights, self.weights[:, 2].sum()
        parts = []
        for low, high, mass in self.weights:
            if self.scaling == "paper":
                pieces = [(0, 1, 1024.0, 1024.0), (1, np.inf, 1.0, 1.0)]
            else:
                k = 1 if self.table.d["scaledFunction"] == "reciprocal" else 2
                es = range(int(np.floor(np.log2(low))) // k * k, int(np.ceil(np.log2(high))) + 1, k)
                pieces = [(2.0**e, 2.0 ** (e + k), 2.0**-e, 4.0**-e if k == 1 else 2.0**-e) for e in es]
            for start, end, factor, square in pieces:
                a, b = max(low, start), min(high, end)
                if a < b or (low == high and start <= low < end):
                    share = 1.0 if low == high else (b - a) / (high - low)
                    parts.append((a * factor, b * factor, mass * share * square))
        return np.array(parts), self.weights[:, 2].sum()

    def density_share(self, x):
        """Density at x over the largest; single values count as densest."""
        intervals, _ = self.folded()
        wide = intervals[intervals[:, 0] < intervals[:, 1]]
        edges = np.unique(wide[:, :2])
        change = np.zeros(len(edges))
        for low, high, mass in wide:
            change[np.searchsorted(edges, low)] += mass / (high - low)
            change[np.searchsorted(edges, high)] -= mass / (high - low)
        density = np.concatenate([[0], np.maximum(np.cumsum(change), 0)])
        density[-1] = 0
        i = np.searchsorted(edges, x, "right")
        share = np.maximum(density[i], np.where(np.isin(x, edges), density[np.maximum(i - 1, 0)], 0)) / max(density.max(), 1e-300)
        return np.where(np.isin(x, intervals[intervals[:, 0] == intervals[:, 1]][:, 0]), 1.0, share)

    def tolerance(self, x):
        if self.weights is None or not self.is_maximum:
            return self.magnitude(x)
        with np.errstate(divide="ignore"):
            return self.magnitude(x) / self.density_share(x)


def triples_error(problem, triples):
    """How close one line can come on each triple, in the tube's terms."""
    t = np.array(triples, dtype=float)
    share = (t[:, 2] - t[:, 1]) / (t[:, 2] - t[:, 0])
    f, tol = problem.f(t), problem.tolerance(t.ravel()).reshape(t.shape)
    distance = np.abs(f[:, 1] - share * f[:, 0] - (1 - share) * f[:, 2])
    return distance / (tol[:, 1] + share * tol[:, 0] + (1 - share) * tol[:, 2])


def programme(problem, cells, entries, anchors, identity):
    """The least sum over pieces of whole cells when each cell with a breakpoint costs nothing."""
    edges = np.array(cells, dtype=float)
    count = len(edges) - 1
    intervals, mass = problem.folded()
    total = intervals[:, 2].sum()
    if problem.weights is not None:
        intervals = np.vstack([intervals, [problem.lower, problem.upper, 1e-6 * total]])
    x, w = problem.points(intervals, np.unique(np.concatenate([edges, problem.grid(problem.lower, problem.upper, [], 5000)])))
    w = w / ((1 + 1e-6) * total if problem.weights is not None else total)
    f = problem.f(x)
    w = w / problem.magnitude(x) ** 2
    cell = np.clip(np.searchsorted(edges, x, "right") - 1, 0, count - 1)
    x0 = (edges[0] + edges[-1]) / 2

    def sums(values):
        return np.concatenate([[0], np.cumsum(np.bincount(cell, values, count).astype(np.longdouble))])

    u = x - x0
    S, U, F, UU, UF, FF = (sums(v) for v in (w, w * u, w * f, w * u * u, w * u * f, w * f * f))
    same = sums(w * (f - x) ** 2)
    at = [(float(x), float(y)) for x, y in anchors]

    def costs(i, j):
        """Of the best line for cells i ..< j, for an array of j."""
        s, su, sf, suu, suf, sff = (a[j] - a[i] for a in (S, U, F, UU, UF, FF))
        inside = lambda p: (edges[i] <= p) & ((p < edges[j]) | (j == count))
        with np.errstate(divide="ignore", invalid="ignore"):
            cu, cuf = suu - su * su / s, suf - su * sf / s
            free = sff - sf * sf / s - np.where(cu > 0, cuf**2 / cu, 0)
        best, passed = np.where(s > 0, np.maximum(free, 0), 0), np.zeros(len(j), int)
        for p, v in at:
            q = p - x0
            auu, auf = suu - 2 * q * su + q * q * s, suf - q * sf - v * su + q * v * s
            one = sff - 2 * v * sf + v * v * s - np.where(auu > 0, auf**2 / np.where(auu > 0, auu, 1), 0)
            hit = inside(p)
            best = np.where(hit & (passed == 0), np.maximum(one, 0), best)
            passed += hit
        for a in range(len(at) - 1):
            (p1, v1), (p2, v2) = at[a], at[a + 1]
            slope = (v2 - v1) / (p2 - p1)
            c = v1 - slope * (p1 - x0)
            two = (sff - 2 * slope * suf - 2 * c * sf + slope**2 * suu + 2 * slope * c * su + c * c * s)
            best = np.where(inside(p1) & inside(p2), np.maximum(np.maximum(two, 0), best), best)
        return best.astype(float)

    ends = np.arange(count + 1)
    # reached[j]: the least sum when a piece ends before cell j, which the next breakpoint is in.
    reached = np.full(count + 1, np.inf)
    pieces = entries - 1 if identity else entries
    table = [None] * (count + 1)
    for i in range(count + 1):
        table[i] = costs(i, ends[i:])
    reached[:] = table[0]
    for _ in range(pieces - 1):
        new = reached.copy()
        for i in range(1, count + 1):
            # The breakpoint lies in cell i − 1: the next piece begins at cell i.
            np.minimum(new[i:], reached[i - 1] + table[i], out=new[i:])
        reached = new
    if not identity:
        return float(reached[count]) * (total / mass)
    last = (same[count] - same).astype(float)
    return float(np.min(np.minimum(reached[:-1] + last[1:], reached[:-1] + last[:-1]))) * (total / mass)


def verify(path):
    """Prints what holds and what does not; returns how much does not."""
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    if document.get("schema") != "nnlut.table/1":
        sys.exit(f"{path}: is no document of `nnlut table fit --output json`")
    wrong = []

    def check(holds, text):
        print(("holds: " if holds else "WRONG: ") + text)
        if not holds:
            wrong.append(text)

    table = Table(document["table"])
    problem = Problem(document, table)
    probes = np.array([[int(v, 16) for v in pair] for pair in document["probes"]], dtype=np.uint32)
    mine = table(probes[:, 0].copy().view(np.float32)).view(np.uint32)
    check((mine == probes[:, 1]).all(), f"{len(probes)} probes, bit for bit")

    (maximum, relative_maximum), (mean, relative_mean) = problem.maximum(), problem.mean_square()
    given = {k: float(v) for k, v in document["achieved"].items()}
    check(abs(maximum - given["maximumError"]) <= 1e-4 * maximum + 1e-12, f"largest error {maximum:.6g} (says {given['maximumError']:.6g})")
    check(abs(mean - given["meanSquaredError"]) <= 2e-3 * mean + 1e-20, f"mean squared error {mean:.6g} (says {given['meanSquaredError']:.6g})")

    certificate = document["certificate"]
    if certificate is None:
        check(False, "there is a certificate")
        return len(wrong)
    mean = relative_mean if problem.relative else mean
    for name, anchors, identity in (("bound", certificate["anchors"], certificate["endsOnIdentity"]), ("freeBound", [], False)):
        bound = certificate[name]
        value, witness = float(bound["value"]), bound["witness"]
        kind = witness["kind"]
        n = int(certificate["entries"])
        if kind == "alternations":
            triples = np.array(witness["triples"], dtype=float)
            ascending = (np.diff(triples.ravel()) > 0).all() and triples.min() >= problem.lower and triples.max() <= problem.upper
            least = triples_error(problem, triples).min()
            check(len(triples) == n + 1 and ascending and least >= value * (1 - 1e-9), f"{name} {value:.6g}: {len(triples)} disjoint triples, on each no line comes closer than {least:.6g}")
        elif kind == "cells":
            least = programme(problem, witness["edges"], n, anchors, identity)
            check(least >= value * (1 - 1e-3), f"{name} {value:.6g}: the programme over {len(witness['edges']) - 1} cells gives {least:.6g}")
        else:
            print(f"not checked here: {name} {value:.6g} ({kind})")
        if not problem.is_maximum:
            check(value <= mean * (1 + 1e-3), f"{name}: the table's ratio is {mean / value if value else np.inf:.4f}")
        elif problem.weights is None:
            achieved = relative_maximum if problem.relative else maximum
            check(value <= achieved * (1 + 1e-6), f"{name}: the table's ratio is {achieved / value if value else np.inf:.4f}")
    return len(wrong)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    np.seterr(over="ignore", invalid="ignore", under="ignore")
    wrong = 0
    for path in sys.argv[1:]:
        if len(sys.argv) > 2:
            print(path)
        wrong += verify(path)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
