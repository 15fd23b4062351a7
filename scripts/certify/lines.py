"""What an optimum is asked for, and real tables: N lines, their cuts, and their errors."""

import dataclasses

import numpy as np


@dataclasses.dataclass
class Task:
    """A verify_table Problem and the constraints that a bound speaks of."""

    problem: object
    entries: int
    anchors: list
    ends_on_identity: bool
    # none, zero or avoided, as in a certificate.
    floor: str

    def __post_init__(self):
        self.anchors = sorted((float(x), float(y)) for x, y in self.anchors)
        self.lower, self.upper = self.problem.lower, self.problem.upper

    def answer(self, values):
        return np.maximum(values, 0) if self.floor == "zero" else values

    def places(self, count):
        """Ascending edges: resolved by the function, by where inputs are, and by both."""
        p = self.problem
        grid = p.grid(max(count, 2000))
        step = np.diff(grid)
        middle = (grid[1:] + grid[:-1]) / 2
        bent = p.function.most_bent(grid[:-1], grid[1:]) / p.magnitude(middle)
        if p.function.is_straight:
            bent = np.abs(np.diff(p.function.d(grid))) / step
        density = np.ones(len(step))
        if p.is_maximum:
            law = step * np.sqrt(bent / (p.tolerance(middle) / p.magnitude(middle)))
        else:
            x, w = p.points(grid)
            density = np.bincount(np.clip(np.searchsorted(grid, x, "right") - 1, 0, len(step) - 1), w, len(step)) / step
            law = step * (density * bent**2) ** 0.2
        def share(v):
            return v / v.sum() if v.sum() > 0 else np.zeros(len(step))
        geometric = np.abs(np.arcsinh(grid[1:] * 10) - np.arcsinh(grid[:-1] * 10))
        grown = np.concatenate([[0], np.cumsum(0.6 * share(law) + 0.2 * share(step * density) + 0.1 * share(step)
                                               + 0.1 * share(geometric))])
        even = np.interp(np.linspace(0, grown[-1], count + 1), grown, grid)
        fixed = [x for x, _ in self.anchors] + p.function.kinks.tolist()[:200] + [self.lower, self.upper]
        every = np.unique(np.concatenate([even, fixed]))
        return every[(every >= self.lower) & (every <= self.upper)]


class Lines:
    """Entry i serves cuts[i − 1] <= x < cuts[i]."""

    def __init__(self, task, cuts, slopes, values, at):
        """Each line by its slope and its value at a position of its own."""
        self.task = task
        self.cuts = np.maximum.accumulate(np.asarray(cuts, dtype=float))
        self.m, self.v, self.at = (np.asarray(v, dtype=float) for v in (slopes, values, at))

    def raw(self, x):
        i = np.searchsorted(self.cuts, x, "right")
        return self.v[i] + self.m[i] * (x - self.at[i])

    def __call__(self, x):
        return self.task.answer(self.raw(x))

    def breaks(self):
        with np.errstate(divide="ignore", invalid="ignore"):
            roots = self.at - self.v / self.m
        ends = np.concatenate([[self.task.lower], self.cuts, [self.task.upper]])
        roots = roots[(roots > ends[:-1]) & (roots < ends[1:])]
        return np.concatenate([self.cuts, roots if self.task.floor == "zero" else []])

    def is_legal(self):
        """N lines through the anchors, the last one y = x where that is asked for, none below 0 where
        that is not."""
        task = self.task
        if len(self.m) == 0:
            return False
        ends = np.concatenate([[task.lower], self.cuts, [task.upper]])
        low, high = (self.v + self.m * (e - self.at) for e in (ends[:-1], ends[1:]))
        fit = all(abs(float(self(np.array([x]))[0]) - y) <= 1e-9 * max(1, abs(y)) for x, y in task.anchors)
        last = not task.ends_on_identity or (self.m[-1] == 1 and self.v[-1] == self.at[-1])
        above = task.floor != "avoided" or min(low.min(), high.min()) >= -1e-15
        return len(self.m) <= task.entries and fit and last and above

    def mean_square(self):
        p = self.task.problem
        x, w = p.points(p.grid(2500, self.breaks()))
        return float((w * ((self(x) - p.f(x)) / p.magnitude(x)) ** 2).sum())

    def largest(self):
        """On a dense grid, and on a finer one around what is largest there."""
        p = self.task.problem
        b = self.breaks()
        near = np.concatenate([b, p.measure.steps(), p.bends])
        near = np.concatenate([near, np.nextafter(near, -np.inf), np.nextafter(near, np.inf)])
        x = p.grid(6000, near)
        e = np.abs(self(x) - p.f(x)) / p.tolerance(x)
        worst = float(e.max())
        i = np.flatnonzero(e[1:-1] >= np.maximum(np.maximum(e[:-2], e[2:]), 0.98 * worst)) + 1
        if len(i):
            fine = (x[i - 1][:, None] + (x[i + 1] - x[i - 1])[:, None] * np.linspace(0, 1, 65)).ravel()
            worst = max(worst, float((np.abs(self(fine) - p.f(fine)) / p.tolerance(fine)).max()))
        return worst

    def error(self):
        return self.largest() if self.task.problem.is_maximum else self.mean_square()
