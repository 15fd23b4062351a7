"""Tables whose lines meet: knots and their values, improved by damped Gauss–Newton steps."""

import numpy as np

from .lines import Lines


class Polygon:
    """Knots t[0] = lower … t[N] = upper and the values v there."""

    def __init__(self, task):
        self.task, self.n = task, task.entries
        self.width = task.upper - task.lower

    def table(self, t, v):
        slopes = np.diff(v) / np.diff(t)
        values, at = v[:-1].copy(), t[:-1].copy()
        if self.task.ends_on_identity:
            slopes[-1], values[-1] = 1.0, at[-1]
        # A line with an anchor is given by it: exact.
        for x, y in self.task.anchors:
            i = min(max(int(np.searchsorted(t, x, "right")) - 1, 0), self.n - 1)
            if not (self.task.ends_on_identity and i == self.n - 1):
                values[i], at[i] = y, x
        return Lines(self.task, t[1:-1], slopes, values, at)

    def hats(self, t, x):
        """The knot left of each x and how far x is on the way to the next."""
        k = np.clip(np.searchsorted(t, x, "right") - 1, 0, self.n - 1)
        return k, (x - t[k]) / (t[k + 1] - t[k])

    def constraints(self, t, v):
        """Rows of d(constraint)/d(t, v) and what is missed: anchors, and the last line y = x."""
        rows, missed = [], []
        for x, y in self.task.anchors:
            k, s = (u[0] for u in self.hats(t, np.array([x])))
            slope = (v[k + 1] - v[k]) / (t[k + 1] - t[k])
            row = np.zeros(2 * (self.n + 1))
            row[[k, k + 1]] += -slope * (1 - s), -slope * s
            row[[self.n + 1 + k, self.n + 2 + k]] += 1 - s, s
            rows.append(row), missed.append(y - (1 - s) * v[k] - s * v[k + 1])
        if self.task.ends_on_identity:
            for k in (self.n - 1, self.n):
                row = np.zeros(2 * (self.n + 1))
                row[self.n + 1 + k], row[k] = 1, -1
                rows.append(row), missed.append(t[k] - v[k])
        return np.array(rows).reshape(-1, 2 * (self.n + 1)), np.array(missed)

    def project(self, t, v):
        """The nearest values that meet the constraints."""
        if self.task.floor == "avoided":
            v = np.maximum(v, 0)
        for _ in range(3):
            rows, missed = self.constraints(t, v)
            if not len(missed):
                return v
            a = rows[:, self.n + 1:]
            v = v + np.linalg.lstsq(a, missed, rcond=None)[0]
        return v

    def residual(self, t, v, x, w, f):
        k, s = self.hats(t, x)
        raw = (1 - s) * v[k] + s * v[k + 1]
        return k, s, raw, np.sqrt(w) * (self.task.answer(raw) - f)

    def improve(self, t, v, x, w, steps=60):
        """Levenberg–Marquardt on knots and values."""
        n, f = self.n, self.task.problem.f(x)
        v = self.project(t, v)
        k, s, raw, r = self.residual(t, v, x, w, f)
        cost, damping = float(r @ r), 1e-3
        for _ in range(steps):
            slope = np.diff(v) / np.diff(t)
            on = np.sqrt(w) * (raw > 0 if self.task.floor == "zero" else 1)
            jacobian = np.zeros((len(x), 2 * (n + 1)))
            at = np.arange(len(x))
            jacobian[at, k] = -slope[k] * (1 - s) * on
            jacobian[at, k + 1] = -slope[k] * s * on
            jacobian[at, n + 1 + k] = (1 - s) * on
            jacobian[at, n + 2 + k] = s * on
            normal, pull = jacobian.T @ jacobian, -(jacobian.T @ r)
            rows, missed = self.constraints(t, v)
            # The ends of the domain stay.
            hold = np.zeros((2, 2 * (n + 1)))
            hold[0, 0] = hold[1, n] = 1
            rows, missed = np.vstack([rows, hold]), np.concatenate([missed, [0, 0]])
            scale = np.diag(normal).copy()
            scale = np.maximum(scale, 1e-12 * np.maximum(scale.max(), 1e-300))
            c = 1 / np.sqrt(scale)
            improved = False
            for _ in range(8):
                damped = normal * c[:, None] * c[None, :] + damping * np.eye(len(c))
                m = len(missed)
                a = rows * c[None, :]
                size = np.maximum(np.abs(a).max(axis=1), 1e-300)
                a = a / size[:, None]
                system = np.block([[damped, a.T], [a, np.zeros((m, m))]])
                step = c * np.linalg.lstsq(system, np.concatenate([pull * c, missed / size]), rcond=1e-15)[0][:len(c)]
                dt, dv = step[:n + 1], step[n + 1:]
                dt[[0, n]] = 0
                gap, closing = np.diff(t), -np.diff(dt)
                share = min(1.0, float(np.min(np.where(closing > 0, 0.8 * gap / np.where(closing > 0, closing, 1), 1))))
                new_t = t + share * dt
                if (np.diff(new_t) <= 1e-13 * self.width).any():
                    damping *= 10
                    continue
                new_v = self.project(new_t, v + share * dv)
                found = self.residual(new_t, new_v, x, w, f)
                new_cost = float(found[3] @ found[3])
                if new_cost < cost:
                    improved = new_cost < cost * (1 - 1e-7)
                    t, v, cost = new_t, new_v, new_cost
                    k, s, raw, r = found
                    damping = max(damping / 5, 1e-9)
                    break
                damping *= 6
            if not improved:
                break
        return cost, t, v


def start(task, table, shift=0.0):
    """Knots at a table's cuts and values between both of its lines."""
    cuts = np.clip(table.cuts, task.lower, task.upper)
    t = np.concatenate([[task.lower], cuts, [task.upper]])
    while len(t) <= task.entries:
        k = int(np.argmax(np.diff(t)))
        t = np.insert(t, k + 1, (t[k] + t[k + 1]) / 2)
    width = task.upper - task.lower
    t = np.maximum.accumulate(t + np.arange(len(t)) * 1e-9 * width)
    t = task.lower + (t - t[0]) * (width / (t[-1] - t[0]))
    t[-1] = task.upper
    if shift:
        t[1:-1] += shift * np.minimum(np.diff(t)[1:], np.diff(t)[:-1])
    eps = 1e-6 * np.diff(t)
    v = (table.raw(t[1:-1] - eps[:-1]) + table.raw(t[1:-1] + eps[1:])) / 2
    return t, np.concatenate([[table.raw(t[:1])[0]], v, [table.raw(t[-1:] - eps[-1])[0]]])


def optimum(task, tables, is_late=lambda: False, shifts=(0.0, -0.25, 0.25)):
    """The best continuous table found, from other tables' cuts and from cuts beside them."""
    p, polygon, best = task.problem, Polygon(task), None
    x, w = p.points(p.grid(1500, task.places(600)))
    w = w / p.magnitude(x) ** 2
    for shift in shifts:
        for table in tables:
            if best is not None and is_late():
                return best
            t, v = start(task, table, shift)
            _, t, v = polygon.improve(t, v, x, w)
            found = polygon.table(t, v)
            if found.is_legal():
                error = found.mean_square()
                if best is None or error < best[0]:
                    best = (error, found)
    return best
