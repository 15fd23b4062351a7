"""Tables of a small largest error: the longest reach of each line, and lines that meet."""

import numpy as np
from scipy import optimize

from .lines import Lines
from .polygon import Polygon, start


class Tube:
    """Positions, the function there, and what a line must keep to within an error."""

    def __init__(self, task, count=1500, more=()):
        p = task.problem
        self.task = task
        steps = p.measure.steps()
        steps = steps[(steps > task.lower) & (steps < task.upper)]
        every = np.concatenate([task.places(count), steps, more, [x for x, _ in task.anchors]])
        if len(steps) < 2000:
            # A density jumps: both sides of it.
            every = np.concatenate([every, np.nextafter(steps, -np.inf), np.nextafter(steps, np.inf)])
        self.x = np.unique(np.clip(every, task.lower, task.upper))
        self.f, self.t = p.f(self.x), p.tolerance(self.x)
        self.pinned = np.zeros(len(self.x), bool)
        for q, y in task.anchors:
            k = np.searchsorted(self.x, q)
            self.pinned[k], self.f[k] = True, y

    def limits(self, e):
        half = np.where(self.pinned, 0, e * self.t)
        low, high = self.f - half, self.f + half
        if self.task.floor == "zero":
            low = np.where(low <= 0, -np.inf, low)
        if self.task.floor == "avoided":
            low = np.maximum(low, 0)
        return low, high


def line_between(x, low, high):
    """Slope, value and position of a line between limits; None where there is none.

    What a slope leaves uncovered is convex in it: Newton's steps end at the first slope that does.
    """
    x0, m, least, most = x[0], 0.0, -np.inf, np.inf
    u = x - x0
    for _ in range(100):
        a, b = low - m * u, high - m * u
        i, j = int(np.argmax(a)), int(np.argmin(b))
        if a[i] <= b[j] + 1e-14 * (abs(low[i]) + abs(high[j]) + abs(m) * (u[i] + u[j])):
            return m, b[j] if np.isneginf(a[i]) else (a[i] + b[j]) / 2, x0
        if u[i] == u[j]:
            return None
        m = (low[i] - high[j]) / (u[i] - u[j])
        if u[i] > u[j]:
            least = max(least, m)
        else:
            most = min(most, m)
        if least > most:
            return None
    return None


def longest(tube, e, entries):
    """A table of lines each of which reaches as far as it can, or None."""
    x, (low, high) = tube.x, tube.limits(e)
    n, at, cuts, lines = len(x), 0, [], []
    identity = len(x)
    if tube.task.ends_on_identity:
        answer = tube.task.answer(x)
        off = np.flatnonzero((answer < low) | (answer > high))
        identity = int(off[-1]) + 1 if len(off) else 0
        entries -= 1
    while at < min(n, identity):
        if len(lines) == entries:
            return None
        good, bad = at, min(n, identity) + 1
        span, found = 64, None
        while good + 1 < bad:
            end = min(good + span, bad - 1) if span else (good + bad) // 2
            line = line_between(x[at:end], low[at:end], high[at:end])
            if line is None:
                bad, span = end, 0
            else:
                good, found, span = end, line, span * 2
        if found is None:
            return None
        lines.append(found)
        at = good
        cuts.append(x[at] if at < n else float(np.nextafter(tube.task.upper, np.inf)))
    if tube.task.ends_on_identity:
        lines.append((1.0, tube.task.upper, tube.task.upper))
    return Lines(tube.task, cuts[:len(lines) - 1], *zip(*lines))


def bisected(tube, low, high):
    """The least error that the positions allow N lines, and their table."""
    best = None
    while best is None:
        best = longest(tube, high, tube.task.entries)
        if best is None:
            low, high = high, 2 * high
            if not np.isfinite(high):
                return None
    for _ in range(40):
        if high - low <= 1e-6 * high:
            break
        e = (low * high) ** 0.5 if 0 < 4 * low < high else (low + high) / 2
        table = longest(tube, e, tube.task.entries)
        if table is None:
            low = e
        else:
            high, best = e, table
    return high, best


def optimum(task, is_late=lambda: False):
    """The best table whose lines need not meet: on a grid, then ever finer around its cuts."""
    tube, best = Tube(task), None
    low, high = 0.0, float((np.abs(tube.f - np.median(tube.f)) / tube.t).max()) or 1e-30
    for _ in range(3):
        found = bisected(tube, low, high)
        if found is None:
            break
        low, table = found[0] * (1 - 1e-5), found[1]
        error = table.error() if table.is_legal() else np.inf
        if best is None or error < best[0]:
            best = (error, table)
        if is_late() or error <= found[0] * (1 + 1e-5):
            break
        high = found[0] * 1.01
        gaps = np.searchsorted(tube.x, table.cuts)
        ends = tube.x[np.maximum(gaps - 2, 0)], tube.x[np.minimum(gaps + 2, len(tube.x) - 1)]
        near = (ends[0][:, None] + (ends[1] - ends[0])[:, None] * np.linspace(0, 1, 41)).ravel()
        worst = task.problem.grid(3000, np.append(table.breaks(), near))
        e = np.abs(table(worst) - task.problem.f(worst)) / task.problem.tolerance(worst)
        tube = Tube(task, more=np.concatenate([tube.x, near, worst[e > found[0] * (1 + 1e-6)][:3000]]))
    return best if best and np.isfinite(best[0]) else None


def meeting(task, table, is_late=lambda: False, turns=40):
    """The best continuous table found from a start: linear programmes in steps of knots and values."""
    p, polygon, n = task.problem, Polygon(task), task.entries
    base = Tube(task, 300).x
    t, v = start(task, table)
    v = polygon.project(t, v)
    best, reach = None, 0.4
    for _ in range(turns):
        found = polygon.table(t, v)
        error = found.error() if found.is_legal() else np.inf
        if best is None or error < best[0]:
            gain = 1 if best is None or not np.isfinite(best[0]) else 1 - error / best[0]
            best = (error, found, t, v)
            reach = min(reach * 2, 0.5)
            if gain < 1e-6:
                break
        else:
            t, v = best[2:]
            reach /= 4
        if is_late() or reach < 1e-6:
            break
        step = linear_step(task, polygon, base, t, v, best[0], reach)
        if step is None:
            break
        t = t + step[:n + 1]
        v = polygon.project(t, v + step[n + 1:])
    return best[:2] if best and np.isfinite(best[0]) else None


def linear_step(task, polygon, base, t, v, error, reach):
    """The step of knots and values that brings the linearised errors down most."""
    p, n = task.problem, polygon.n
    # Where errors are largest, and the knots, which move.
    dense = (t[:-1, None] + np.diff(t)[:, None] * np.linspace(0, 1, 66)[1:-1]).ravel()
    x = np.unique(np.concatenate([base, dense]))
    k, s = polygon.hats(t, x)
    raw = (1 - s) * v[k] + s * v[k + 1]
    off = np.abs(task.answer(raw) - p.f(x)) / p.tolerance(x)
    if not np.isfinite(error):
        error = float(off.max())
    keep = off > 0.2 * error
    x, k, s, raw = x[keep], k[keep], s[keep], raw[keep]
    slope, m, size = np.diff(v) / np.diff(t), len(x), 2 * n + 3
    rows = np.zeros((m + n + 1, size))
    at = np.arange(m)
    rows[at, k], rows[at, k + 1] = -slope[k] * (1 - s), -slope[k] * s
    rows[at, n + 1 + k], rows[at, n + 2 + k] = 1 - s, s
    knots = m + np.arange(n + 1)
    rows[knots, np.arange(n + 1)], rows[knots, n + 1 + np.arange(n + 1)] = -p.function.d(t), 1
    # The bends of an end that has no value of its own: an anchor there holds it.
    x, raw = np.append(x, t), np.append(raw, v)
    f, tolerance = p.f(x), p.tolerance(x)
    unit = error * tolerance
    asks = f > 0.999 * unit if task.floor == "zero" else np.full(len(x), True)
    above = np.column_stack([rows[:, :-1], -unit]) / unit[:, None]
    below = np.column_stack([-rows[:, :-1], -unit])[asks] / unit[asks, None]
    equal, missed = polygon.constraints(t, v)
    gap = np.diff(t)
    room = reach * np.minimum(np.concatenate([[np.inf], gap]), np.concatenate([gap, [np.inf]]))
    room[[0, n]] = 0
    # Columns in units of the knots' room, so that narrow pieces count as wide ones.
    scale = np.concatenate([np.where(room > 0, room, 1), np.full(n + 1, error * np.median(tolerance)), [1]])
    least = -v / scale[n + 1:-1] if task.floor == "avoided" else np.full(n + 1, -np.inf)
    share = room / scale[:n + 1]
    equal = np.column_stack([equal, np.zeros(len(equal))]) * scale if len(equal) else None
    result = optimize.linprog(
        np.eye(size)[-1], np.vstack([above, below]) * scale,
        np.concatenate([(f - raw) / unit, ((raw - f) / unit)[asks]]), equal, missed if equal is not None else None,
        [*zip(-share, share), *((b, None) for b in least), (0, None)], method="highs")
    return None if result.x is None else (result.x * scale)[:-1]
