#!/usr/bin/env python3
"""Checks a table and its certificate with numpy and scipy alone; shares no code with nnlut.

    nnlut table fit --function gelu --domain -4:4 --entries 8 --output json -o gelu.json
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
        if self.table.kind is np.float16 and (core or self.scaling == "none"):
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
        return np.abs(e).max(), (np.abs(e) / self.tolerance(x)).max()

    def mean_square(self):
        """Of the results as they are, scaled back, over the weights."""
        if self.weights is None:
            edges = self.grid(self.lower, self.upper, self.steps(), 10_000)
            x, w = self.points([(self.lower, self.upper, 1.0)], edges)
            x, e = self.errors(x, core=True)
        else:
            low, high = self.weights[:, 0].min(), self.weights[:, 1].max()
            edges = self.grid(low, high, self.steps() if self.scaling == "none" else [], 10_000)
            x, w = self.points(self.weights, edges)
            x, e = self.errors(x)
        return (w * e**2).sum() / w.sum()

    def certified_mean_square(self):
        """Under the measure that bounds speak of."""
        x, w = self.measure(self.grid(self.lower, self.upper, self.steps(), 10_000))
        _, e = self.errors(x, core=True)
        return (w * (e / self.magnitude(x)) ** 2).sum()

    def measure(self, edges):
        """Points and masses of sum 1: the folded weights and a millionth of them everywhere."""
        intervals = self.folded()
        if self.weights is not None:
            intervals = np.vstack([intervals, [self.lower, self.upper, 1e-6 * intervals[:, 2].sum()]])
        x, w = self.points(intervals, edges)
        return x, w / w.sum()

    def folded(self):
        """The intervals that the table sees after range reduction; errors count as scaled back."""
        if self.weights is None:
            return np.array([[self.lower, self.upper, 1.0]])
        if self.scaling == "none":
            return self.weights
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
        return np.array(parts)

    def density_share(self, x):
        """Density at x over the largest; single values count as densest."""
        intervals = self.folded()
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


def triples_error(problem, triples, entries, anchors, identity):
    """What N lines cannot beat: N triples whose spans do not overlap, so that one meets a single line.

    With the last line y = x: N − 1 triples and a position beyond them that this line misses.
    """
    least = np.inf
    if identity and triples and len(triples[-1]) == 1:
        end = float(triples[-1][0])
        triples, entries = triples[:-1], entries - 1
        if not any(float(x) == end and float(y) != end for x, y in anchors):
            least = float(np.abs(end - problem.f(np.array([end])))[0] / problem.tolerance(np.array([end]))[0])
        if triples and float(triples[-1][-1]) > end:
            return 0.0
    t = np.array(triples, dtype=float).reshape(-1, 3)
    inside = len(t) == 0 or (t.min() >= problem.lower and t.max() <= problem.upper)
    if len(t) < entries or not inside or (np.diff(t, axis=1) <= 0).any() or (t[1:, 0] < t[:-1, 2]).any():
        return 0.0
    share = (t[:, 2] - t[:, 1]) / (t[:, 2] - t[:, 0])
    f, tol = problem.f(t), problem.tolerance(t.ravel()).reshape(t.shape)
    pinned = {float(x) for x, _ in anchors}
    tol = np.where(np.isin(t, list(pinned)), 0, tol)
    distance = np.abs(f[:, 1] - share * f[:, 0] - (1 - share) * f[:, 2])
    with np.errstate(divide="ignore"):
        return float(min(least, (distance / (tol[:, 1] + share * tol[:, 0] + (1 - share) * tol[:, 2])).min()))


class Cells:
    """The domain cut into cells; two equal edges are a cell of one position."""

    def __init__(self, problem, edges, anchors):
        self.edges = e = np.array(edges, dtype=float)
        self.count = n = len(e) - 1
        self.wide = e[1:] > e[:-1]
        x, w = problem.measure(np.union1d(e, problem.grid(problem.lower, problem.upper, [], 5000)))
        f, w = problem.f(x), w / problem.magnitude(x) ** 2
        self.middle = (e[0] + e[-1]) / 2
        cell = self.cell(x)
        u = x - self.middle
        self.own = np.stack([np.bincount(cell, v, n) for v in (w, w * u, w * u * u)])
        moments = (w, w * u, w * u * u, w * f, w * u * f, w * f * f, w * (f - x) ** 2)
        self.span = 64
        self.sums = np.concatenate(
            [np.zeros((7, 1)), np.cumsum([np.bincount(cell, v, n).astype(np.longdouble) for v in moments], axis=1)], axis=1)
        # Where errors are looked at: nine positions of each cell.
        self.at = e[:-1, None] + np.diff(e)[:, None] * np.linspace(0, 1, 9)
        self.f_at = problem.f(self.at)
        self.at = self.at - self.middle
        self.anchors = sorted((float(x), float(y)) for x, y in anchors)
        self.anchor_cells = self.cell(np.array([x for x, _ in self.anchors]))

    def cell(self, x):
        found = np.clip(np.searchsorted(self.edges, x, "right") - 1, 0, self.count - 1)
        alone = (found > 0) & (self.edges[np.maximum(found - 1, 0)] == x) & (self.edges[found] == x)
        return np.where(alone, found - 1, found)

    def least(self, cells, slope, value):
        """The least squared error in each cell of its line, 0 where that crosses the function."""
        error = self.f_at[cells] - value[:, None] - slope[:, None] * self.at[cells]
        return np.maximum(np.maximum(error.min(axis=1), -error.max(axis=1)), 0) ** 2

    def reached(self, a, limit):
        """As pieces, as far as the costs stay below a limit."""
        while True:
            found = self.pieces(a, min(a + 1 + self.span, self.count + 1))
            within = int(np.searchsorted(found[0], limit, "right"))
            if within < len(found[0]) or a + 1 + self.span > self.count:
                self.span = max(32, 2 * within)
                return tuple(v[:within] for v in found)
            self.span *= 2

    def pieces(self, a, end):
        """For one line on the cells between cell a and each later one (or the end): what it costs
        there, and what cell a and the later one cost at least if all of them is the piece's."""
        b = np.arange(a + 1, end)
        s, su, suu, sf, suf, sff = (v[b] - v[a + 1] for v in self.sums[:6])
        mean, mean_f = su / np.where(s > 0, s, 1), sf / np.where(s > 0, s, 1)
        xx, xf = suu - su * mean, suf - su * mean_f
        fitted = (s > 0) & (xx > 1e-18 * np.maximum(suu, 1e-300))
        slope = np.where(fitted, xf / np.where(fitted, xx, 1), 0)
        value = mean_f - slope * mean
        cost = sff - sf * mean_f - np.where(fitted, xf * slope, 0)
        # The largest eigenvalue of what both end cells weigh against what holds the line.
        pad = np.concatenate([self.own, np.zeros((3, 1))], axis=1)
        w, wu, wuu = pad[:, b] + pad[:, a][:, None] if a >= 0 else pad[:, b]
        ratio = w / np.where(s > 0, s, 1)
        shift, spread = wu - w * mean, (wuu - 2 * mean * wu + mean**2 * w) / np.where(fitted, xx, 1)
        influence = (ratio + spread + np.sqrt((ratio - spread) ** 2 + 4 * shift**2 / np.where(fitted, s * xx, 1))) / 2
        known = fitted.copy()
        passed = np.zeros(len(b), int)
        for k, ((p, v), c) in enumerate(zip(self.anchors, self.anchor_cells)):
            hit = (a < c) & (c < b)
            q = p - self.middle
            turn, turn_f = suu - 2 * q * su + q * q * s, suf - q * sf - v * su + q * v * s
            good = turn > 0
            m = np.where(good, turn_f / np.where(good, turn, 1), 0)
            one = sff - 2 * v * sf + v * v * s - m * turn_f
            first, more = hit & (passed == 0), hit & (passed > 0)
            slope, value = np.where(first, m, slope), np.where(first, v - m * q, value)
            cost, known = np.where(first, one, cost), np.where(first, good, known)
            influence = np.where(first, (wuu - 2 * q * wu + q * q * w) / np.where(good, turn, 1), influence)
            if more.any():
                (p0, v0) = self.anchors[k - 1]
                m = (v - v0) / (p - p0)
                c0 = v - m * q
                off = more & (passed > 1) & (np.abs(slope * q + value - v) > 1e-12 * (1 + abs(v)))
                two = sff - 2 * m * suf - 2 * c0 * sf + m * m * suu + 2 * m * c0 * su + c0 * c0 * s
                slope, value = np.where(more, m, slope), np.where(more, c0, value)
                cost = np.where(off, np.inf, np.where(more, two, cost))
                influence, known = np.where(more, 0, influence), np.where(more, True, known)
            passed += hit
        slope, value = slope.astype(float), value.astype(float)
        share = np.where(known, 1 / (1 + influence.astype(float)), 0)
        left = self.least(np.full(len(b), a), slope, value) * self.own[0, a] * share if a >= 0 else np.zeros(len(b))
        ends = np.minimum(b, self.count - 1)
        right = np.where(b < self.count, self.least(ends, slope, value) * self.own[0, ends] * share, 0)
        return np.where(s > 0, np.maximum(cost, 0), 0).astype(float), left, right


def programme(problem, edges, entries, anchors, identity, limit):
    """What N lines cost at least, by dynamic programming over cells; at most the limit.

    A cell with one breakpoint is served by two lines, each of which pays at least its share of what
    the cell costs it (with p its error there, at least |p|^2 / (1 + influence)); so at least what
    the cheaper of the two would pay for all of it. A cell with several breakpoints costs nothing.
    """
    cells = Cells(problem, edges, anchors)
    n = cells.count
    parts = [cells.reached(a, limit) for a in range(-1, n)]
    blocked = np.where(np.append(cells.wide, True), 0, np.inf)
    # By the cell of the last breakpoint (n: the end): the sum so far without that cell, and with
    # it paid for by the line on its left, or by nobody.
    owing, settled = np.full(n + 1, np.inf), np.full(n + 1, np.inf)
    cost, _, right = parts[0]
    owing[:len(cost)], settled[:len(cost)] = cost, cost + right
    owing, settled = owing + blocked, settled + blocked
    same = (cells.sums[6][n] - cells.sums[6]).astype(float)
    pay = cells.own[0] * cells.least(np.arange(n), np.ones(n), np.full(n, cells.middle))
    best = min(limit, owing[n], same[0] if identity else np.inf)
    for pieces in range(2, entries + 1):
        if identity and pieces == entries:
            return float(min(best, (np.minimum(settled[:n], owing[:n] + pay) + same[1:]).min()))
        next_owing, next_settled = np.full(n + 1, np.inf), np.full(n + 1, np.inf)
        for a in np.flatnonzero(np.minimum(settled, owing)[:n] <= limit):
            cost, left, right = parts[a + 1]
            sums = np.minimum(settled[a], owing[a] + left) + cost
            to = slice(a + 1, a + 1 + len(cost))
            np.minimum(next_owing[to], sums, out=next_owing[to])
            np.minimum(next_settled[to], sums + right, out=next_settled[to])
        free = np.minimum(settled, owing)
        owing, settled = next_owing + blocked, np.minimum(next_settled + blocked, free)
        best = min(best, owing[n])
    return float(best)


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

    given = {k: float(v) for k, v in document["achieved"].items()}
    maximum, mean = problem.maximum()[0], problem.mean_square()
    check(abs(maximum - given["maximumError"]) <= 1e-4 * maximum + 1e-12,
          f"largest error {maximum:.6g} (says {given['maximumError']:.6g})")
    check(abs(mean - given["meanSquaredError"]) <= 2e-3 * mean + 1e-20,
          f"mean squared error {mean:.6g} (says {given['meanSquaredError']:.6g})")

    certificate = document["certificate"]
    if certificate is None:
        check(False, "there is a certificate")
        return len(wrong)
    # Bounds speak of lines: without the floor max(0, y), in the objective's own terms.
    table.d = {**table.d, "isNonNegative": False}
    achieved = problem.maximum()[1] if problem.is_maximum else problem.certified_mean_square()
    says = float(certificate["maximumError" if problem.is_maximum else "meanSquaredError"])
    check(abs(achieved - says) <= 2e-3 * achieved + 1e-20, f"achieved {achieved:.6g} in the objective's terms (says {says:.6g})")
    entries = int(certificate["entries"])
    for name, anchors, identity in (("bound", certificate["anchors"], certificate["endsOnIdentity"]), ("freeBound", [], False)):
        value, witness = float(certificate[name]["value"]), certificate[name]["witness"]
        if witness["kind"] == "alternations":
            least = triples_error(problem, witness["triples"], entries, anchors, identity)
            check(least >= value * (1 - 1e-9), f"{name} {value:.6g}: on no triple does a line come closer than {least:.6g}")
        elif witness["kind"] == "cells":
            least = programme(problem, witness["edges"], entries, anchors, identity, value)
            check(least >= value * (1 - 1e-3), f"{name} {value:.6g}: the programme over {len(witness['edges']) - 1} cells gives {least:.6g}")
        else:
            print(f"not checked here: {name} {value:.6g} ({witness['kind']})")
        check(value <= achieved * (1 + 1e-3), f"{name}: the table's ratio is {achieved / value if value else np.inf:.4f}")
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
