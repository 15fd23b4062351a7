"""The bound of a mean square that a programme over cells proves."""

import numpy as np


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
