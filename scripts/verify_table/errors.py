"""What a finished table achieves on the true function: its largest and mean squared errors."""

import numpy as np

from .measure import HALVES


class Errors:
    """Of the table as it answers, before results are scaled back."""

    def __init__(self, problem):
        self.problem, self.table = problem, problem.table
        table = self.table
        self.is_integer = table.kind is np.int64
        self.b = table.breakpoints()
        step = float(table.step_in) if self.is_integer else 1.0
        unit = float(table.step_out) if self.is_integer else 1.0
        shift = 2.0**-table.r if self.is_integer else 1.0
        self.m = table.m.astype(float) * shift * unit / step
        self.c = table.c.astype(float) * (shift * 2.0**table.s if self.is_integer else 1.0) * unit
        # Of int8 and int16, all inputs that the table does not tell apart.
        self.edges = np.zeros(0)
        if self.is_integer and table.format != "int32":
            first, last = table.units(np.array([problem.lower, problem.upper], dtype=np.float32), table.step_in)
            self.edges = (np.arange(first, last) + 0.5) * step
        self.cuts = np.concatenate([self.b, self.edges, self.roots()])

    def roots(self):
        """Where lines become 0, and answer 0 from there on."""
        if not self.table.d["isNonNegative"]:
            return np.zeros(0)
        with np.errstate(divide="ignore", invalid="ignore"):
            root = -self.c / self.m
        ends = np.concatenate([[-np.inf], self.b, [np.inf]])
        return root[(root > ends[:-1]) & (root < ends[1:])]

    def at(self, x):
        """Positions as float32 (fp16 where the table rounds to that), and table − f there."""
        x = np.asarray(x).astype(np.float32)
        if self.table.kind is np.float16:
            x = self.table.quantised(x).astype(np.float32)
        exact = x.astype(float)
        return exact, self.table.core(x).astype(float) - self.problem.f(exact)

    def entry(self, x):
        return np.searchsorted(self.b, x, "right")

    def halves(self):
        """All fp16 numbers that inputs of the domain are rounded to."""
        ends = self.table.quantised(np.array([self.problem.lower, self.problem.upper], dtype=np.float32)).astype(float)
        return HALVES[(HALVES >= ends[0]) & (HALVES <= ends[1])]

    def peaks(self, edges):
        """Between neighbouring edges, where (line − f) / magnitude turns: its slope's zeros."""
        p = self.problem
        a, b = edges[:-1], edges[1:]
        i = self.entry((a + b) / 2)
        m, c = self.m[i], self.c[i]
        above = np.abs(p.f((a + b) / 2)) > p.least_magnitude

        def slope(x, m, c, above):
            f, d = p.f(x), p.function.d(x)
            plain = m - d
            # Of (line − f) / f, times f².
            return np.where(above, m * f - (m * x + c) * d, plain) if p.is_relative else plain

        rises = slope(np.nextafter(a, b), m, c, above) > 0
        turns = rises != (slope(np.nextafter(b, a), m, c, above) > 0)
        a, b, m, c, above, rises = (v[turns] for v in (a, b, m, c, above, rises))
        for _ in range(60 if len(a) else 0):
            middle = (a + b) / 2
            same = (slope(middle, m, c, above) > 0) == rises
            a, b = np.where(same, middle, a), np.where(same, b, middle)
        return (a + b) / 2

    def candidates(self):
        """Inputs among which the largest error is."""
        p, table = self.problem, self.table
        if table.kind is np.float16:
            return self.halves()
        inside = np.concatenate([self.cuts, p.measure.steps() if p.is_maximum else [], p.bends])
        x = p.grid(5000, inside)
        found = self.peaks(x)
        if self.is_integer:
            # What f does inside a cell, while the table answers one and the same.
            turns = p.crossings(p.grid(5000), lambda v: p.function.d(v) > 0)
            found = np.concatenate([found, turns])
        if table.format == "int32":
            step, all_of = float(table.step_in), np.concatenate([x, found])
            nearest = np.rint(all_of / step)[:, None] + np.array([-1.5, -0.5, 0.5, 1.5])
            found = np.concatenate([found, (nearest * step).ravel()])
        x = np.concatenate([x, found]).astype(np.float32)
        down, up = np.float32(-np.inf), np.float32(np.inf)
        below, above = np.nextafter(x, down), np.nextafter(x, up)
        x = np.unique(np.concatenate([np.nextafter(below, down), below, x, above, np.nextafter(above, up)]))
        return x[(x >= table.lower) & (x <= table.upper)]

    def largest(self):
        """The largest error, the same in the objective's tolerance, and how far rounding can move each."""
        x, e = self.at(self.candidates())
        e, t = np.abs(e), self.problem.tolerance(x)
        return [(float(v[k]), float(self.noise(x[k:k + 1])[0] / (t[k] if relative else 1)))
                for relative, v in ((False, e), (True, e / t)) for k in [int(np.argmax(v))]]

    def noise(self, x):
        """A last place of the largest number met."""
        table, i = self.table, self.entry(x)
        met = np.maximum(np.abs(self.m[i] * x), np.abs(self.c[i]))
        if self.is_integer:
            input_step = float(table.step_in) + 2.0**-24 * np.abs(x)
            bend = np.maximum(np.abs(self.m[i]), np.abs(self.problem.function.d(x)))
            fine = table.format == "int32"
            return 2.0**-22 * met + (float(table.step_out) + input_step * bend if fine else 0)
        return met * (2.0**-22 if table.kind is np.float32 else 0)

    def mean_squares(self):
        """The mean squared error, the same in the objective's terms, and what rounding adds to each."""
        p = self.problem
        x, w = p.points(p.grid(5000, self.cuts))
        magnitude, noise = p.magnitude(x), self.noise(x)
        _, e = self.at(x)
        return [(float((w * (e / by) ** 2).sum()), float((w * (noise / by) ** 2).sum())) for by in (1.0, magnitude)]
