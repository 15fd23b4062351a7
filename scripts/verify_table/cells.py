"""The domain cut into cells, and what one line, the line y = x or an answer of 0 costs on them."""

import numpy as np

# Parts of a cell at whose ends errors are looked at; what is missed between them is the slack.
SAMPLES = 2


class Cells:
    """Two equal edges are a cell of one position. A line that covers only a part of a cell of width pays
    at least its share of that cell's mass times the square of its least error there."""

    def __init__(self, problem, edges, anchors, has_zero):
        self.edges = e = np.array(edges, dtype=float)
        self.count = n = len(e) - 1
        self.wide = e[1:] > e[:-1]
        x, w = problem.points(np.union1d(e, problem.grid(2500)))
        f, w = problem.f(x), w / problem.magnitude(x) ** 2
        cell = self.cell(x)
        self.centre = (e[1:] + e[:-1]) / 2
        self.height = problem.f(self.centre)
        u, g = x - self.centre[cell], f - self.height[cell]
        known_floor = problem.function.is_non_negative
        identity = np.maximum(x, 0) if known_floor else x
        self.mass, *self.moments, zero, same = (
            np.bincount(cell, v, n) for v in
            (w, w * u, w * u * u, w * g, w * u * g, w * g * g, w * f * f, w * (f - identity) ** 2))
        # Sums over many cells lose what one line leaves, if that is tiny beside f: more digits.
        self.long = [v.astype(np.longdouble) for v in (self.centre, self.height, self.mass, *self.moments)]
        # Between these positions f leaves its chords no further than the slack.
        self.at = e[:-1, None] + np.diff(e)[:, None] * np.linspace(0, 1, SAMPLES + 1)
        self.at[:, -1] = e[1:]
        self.f_at = problem.f(self.at)
        ends = np.append(self.at[:, :-1].ravel(), e[-1])
        owner = np.repeat(np.arange(n), SAMPLES)
        self.slack = np.where(self.wide, problem.function.deviation(ends, owner), 0)
        self.identity_at = np.maximum(self.at, 0) if known_floor else self.at
        self.anchors = sorted((float(x), float(y)) for x, y in anchors)
        self.anchor_cells = self.cell(np.array([x for x, _ in self.anchors]))
        self.same_to_end = np.append(np.cumsum(same[::-1].astype(np.longdouble))[::-1], 0)
        self.zero = np.concatenate([[0], np.cumsum(zero.astype(np.longdouble))])
        self.has_zero = has_zero
        # No answer of 0 passes an anchor that is none. f is monotone wherever there are such answers.
        self.walls = np.unique([c for (_, y), c in zip(self.anchors, self.anchor_cells) if y != 0]).astype(int)
        self.zero_pay = (self.mass * np.minimum(self.f_at[:, 0], self.f_at[:, -1]) ** 2 if has_zero
                         else np.full(n, np.inf))
        off = self.f_at - self.identity_at
        # y = max(0, x) bends once, which only brings its chords closer to 0 than the slack says when it
        # lies above: allow for that as well.
        bend = np.where((e[:-1] < 0) & (e[1:] > 0), np.diff(e) / SAMPLES / 4, 0) if known_floor else 0
        self.identity_pay = self.mass * self.least(off, self.slack + bend)
        self.span = 64

    def cell(self, x):
        found = np.clip(np.searchsorted(self.edges, x, "right") - 1, 0, self.count - 1)
        alone = (found > 0) & (self.edges[np.maximum(found - 1, 0)] == x) & (self.edges[found] == x)
        return np.where(alone, found - 1, found)

    @staticmethod
    def least(error, slack):
        """The square of what errors with such samples are at least, 0 where they change sign."""
        return np.maximum(np.maximum(error.min(axis=1), -error.max(axis=1)) - slack, 0) ** 2

    def reached(self, a, limit):
        """As pieces, as far as the costs stay below a limit."""
        while True:
            found = self.pieces(a, min(a + 1 + self.span, self.count + 1))
            within = int(np.searchsorted(np.maximum.accumulate(found[0]), limit, "right"))
            if within < len(found[0]) or a + 1 + self.span > self.count:
                self.span = max(32, 2 * within)
                return tuple(v[:within] for v in found)
            self.span *= 2

    def local(self, cells, x0, f0):
        """Moments of cells around a position and a value."""
        centre, height, s, su, suu, sg, sug, sgg = (v[cells] for v in self.long)
        u, g = centre - x0, height - f0
        return (s, su + u * s, suu + 2 * u * su + u * u * s, sg + g * s, sug + u * sg + g * su + u * g * s,
                sgg + 2 * g * sg + g * g * s)

    def pieces(self, a, end):
        """For one line on the cells between cell a and each later one (or the end): what it costs
        there, and what cell a and the later one cost at least if all of them is the piece's."""
        b = np.arange(a + 1, end)
        x0, f0 = self.edges[a + 1], float(self.f_at[a + 1, 0]) if a + 1 < self.count else 0.0
        inner = self.local(b[:-1], x0, f0)
        s, su, suu, sf, suf, sff = np.concatenate([np.zeros((6, 1)), np.cumsum(np.array(inner), axis=1)], axis=1)
        divisor = np.where(s > 0, s, 1)
        mean, mean_f = su / divisor, sf / divisor
        xx, xf = suu - su * mean, suf - su * mean_f
        fitted = (s > 0) & (xx > 1e-15 * suu)
        xx = np.where(fitted, xx, 1)
        slope = np.where(fitted, xf / xx, 0)
        value = mean_f - slope * mean
        cost = np.where(fitted, sff - sf * mean_f - xf * slope, 0)
        # The largest eigenvalue of what both end cells weigh against what holds the line.
        mean, spread, divisor = mean.astype(float), xx.astype(float), divisor.astype(float)
        ends = np.minimum(b, self.count - 1)
        w, wu, wuu = (np.where(b < self.count, v, 0).astype(float) for v in self.local(ends, x0, f0)[:3])
        if a >= 0:
            w, wu, wuu = (v + float(own) for v, own in zip((w, wu, wuu), self.local(a, x0, f0)[:3]))
        ratio, shift = w / divisor, wu - w * mean
        turn = 4 * shift**2 / (divisor * spread)
        spread = (wuu - 2 * mean * wu + mean**2 * w) / spread
        influence = (ratio + spread + np.sqrt((ratio - spread) ** 2 + turn)) / 2
        known, passed = fitted.copy(), np.zeros(len(b), int)
        for k, ((p, v), c) in enumerate(zip(self.anchors, self.anchor_cells)):
            hit = (a < c) & (c < b)
            if not hit.any():
                continue
            q, v = np.longdouble(p) - x0, np.longdouble(v) - f0
            turn, turn_f = suu - 2 * q * su + q * q * s, suf - q * sf - v * su + q * v * s
            good = turn > 1e-15 * (suu + q * q * s)
            turn = np.where(good, turn, 1)
            m = np.where(good, turn_f / turn, 0)
            one = np.where(good, sff - 2 * v * sf + v * v * s - m * turn_f, 0)
            first, more = hit & (passed == 0), hit & (passed > 0)
            slope, value = np.where(first, m, slope), np.where(first, v - m * q, value)
            cost, known = np.where(first, one, cost), np.where(first, good, known)
            influence = np.where(first, (wuu - 2 * q * wu + q * q * w) / turn, influence)
            if more.any():
                before, height = (np.longdouble(value) for value in self.anchors[k - 1])
                m = (v + f0 - height) / (p - before)
                c0 = v - m * q
                off = more & (passed > 1) & (np.abs(slope * q + value - v) > 1e-9 * (1 + abs(v)))
                two = sff - 2 * m * suf - 2 * c0 * sf + m * m * suu + 2 * m * c0 * su + c0 * c0 * s
                slope, value = np.where(more, m, slope), np.where(more, c0, value)
                cost = np.where(off, np.inf, np.where(more, two, cost))
                influence, known = np.where(more, 0, influence), np.where(more, True, known)
            passed += hit
        line = slope.astype(float)[:, None], value.astype(float)[:, None]
        share = np.where(known, 1 / (1 + influence.astype(float)), 0)

        def pay(cells):
            error = (self.f_at[cells] - f0) - line[1] - line[0] * (self.at[cells] - x0)
            return self.mass[cells] * self.least(error, self.slack[cells]) * share

        left = pay(np.full(len(b), a)) if a >= 0 else np.zeros(len(b))
        right = np.where(b < self.count, pay(ends), 0)
        return np.where(s > 0, np.maximum(cost, 0), 0).astype(float), left, right
