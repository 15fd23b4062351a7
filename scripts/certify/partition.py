"""The least mean square of tables whose lines need not meet: a programme over positions, then around
the cuts it found."""

import numpy as np

from .lines import Lines


def line_costs(task, edges, x, w):
    """For all i < j: least cost, slope and value at edges[i] of a line that serves edges[i] … edges[j]."""
    p, n = task.problem, len(edges) - 1
    f = p.f(x)
    cell = np.clip(np.searchsorted(edges, x, "right") - 1, 0, n - 1)
    centre = (edges[1:] + edges[:-1]) / 2
    height = p.f(centre)
    u, g = x - centre[cell], f - height[cell]
    s, su, suu, sg, sug, sgg = (np.bincount(cell, v, n) for v in (w, w * u, w * u * u, w * g, w * u * g, w * g * g))
    du, dg = centre[None, :] - edges[:-1, None], height[None, :] - p.f(edges[:-1])[:, None]
    upper = np.triu(np.ones((n, n)))
    S, U, UU, G, UG, GG = (np.cumsum(v * upper, axis=1) for v in (
        np.broadcast_to(s, (n, n)), su + du * s, suu + 2 * du * su + du * du * s, sg + dg * s,
        sug + du * sg + dg * su + du * dg * s, sgg + 2 * dg * sg + dg * dg * s))
    with np.errstate(divide="ignore", invalid="ignore"):
        xx, xf = UU - U * U / S, UG - U * G / S
        slope = np.where(xx > 1e-13 * UU, xf / xx, 0)
        value = np.where(S > 0, (G - slope * U) / S, 0)
    passed = np.zeros((n, n), int)
    last = None
    i, j = np.arange(n)[:, None], np.arange(n)[None, :]
    for q, y in task.anchors:
        # The anchor's own cell; of the upper bound the last one.
        k = min(int(np.searchsorted(edges, q, "right")) - 1, n - 1)
        hit = (i <= k) & (k <= j)
        r, v = q - edges[:-1, None], y - p.f(edges[:-1])[:, None]
        turn, turn_f = UU - 2 * r * U + r * r * S, UG - r * G - v * U + r * v * S
        with np.errstate(divide="ignore", invalid="ignore"):
            m = np.where(turn > 1e-13 * (UU + r * r * S), turn_f / turn, 0)
        one, two = hit & (passed == 0), hit & (passed == 1)
        slope, value = np.where(one, m, slope), np.where(one, v - m * r, value)
        if last:
            m = (y - last[1]) / (q - last[0])
            slope, value = np.where(two, m, slope), np.where(two, v - m * r, value)
        passed, last = passed + hit, (q, y)
    if task.floor == "avoided":
        slope, value = raised(task, edges, passed, slope, value, (S, U, UU, G, UG))
    cost = GG - 2 * slope * UG - 2 * value * G + slope**2 * UU + 2 * slope * value * U + value**2 * S
    cost = np.where((upper > 0) & (passed < 3), np.maximum(cost, 0), np.inf)
    return cost, slope, value + p.f(edges[:-1])[:, None], cell, f


def raised(task, edges, passed, slope, value, moments):
    """Lines that are below 0 at an end of their piece, turned so that they are 0 there."""
    (s, u, uu, g, ug), base = moments, task.problem.f(edges[:-1])[:, None]
    width = edges[None, 1:] - edges[:-1, None]
    for side in (0 * width, width):
        dips = (base + value + slope * side < 0) & (passed == 0)
        # Moments of u − side against f itself.
        square, product = uu - 2 * side * u + side**2 * s, ug + base * u - side * (g + base * s)
        with np.errstate(divide="ignore", invalid="ignore"):
            turned = np.where(square > 0, product / square, 0)
        slope, value = np.where(dips, turned, slope), np.where(dips, -turned * side - base, value)
    return slope, value


def search(task, edges, x, w):
    """The best pieces on these edges: (kind, i, j) with kind line, zero or identity."""
    cost, slope, value, cell, f = line_costs(task, edges, x, w)
    if task.floor == "avoided":
        height = value + slope * (edges[None, 1:] - edges[:-1, None])
        cost = np.where((value < -1e-15) | (height < -1e-15), np.inf, cost)
    n = len(edges) - 1
    square = np.concatenate([[0], np.cumsum(np.bincount(cell, w * f * f, n))])
    identity = task.answer(x)
    same = np.append(np.cumsum(np.bincount(cell, w * (f - identity) ** 2, n)[::-1])[::-1], 0)
    walls = [min(int(np.searchsorted(edges, q, "right")) - 1, n - 1) for q, y in task.anchors if y != 0]
    rows = [np.full(n + 1, np.inf)]
    rows[0][0] = 0
    back = []

    def zeros(row):
        """Adds answers of 0; returns the new row and where each began, −1 for none."""
        begin = np.full(n + 1, -1)
        if task.floor != "zero":
            return row, begin
        row, first = row.copy(), 0
        for wall in [*walls, n]:
            v = row[first:wall + 1] - square[first:wall + 1]
            least = np.minimum.accumulate(v)
            at = np.maximum.accumulate(np.where(v <= least, np.arange(len(v)), 0)) + first
            sums = least + square[first:wall + 1]
            better = sums < row[first:wall + 1] * (1 - 1e-12)
            begin[first:wall + 1] = np.where(better, at, -1)
            row[first:wall + 1] = np.where(better, sums, row[first:wall + 1])
            first = wall + 1
        return row, begin

    row, begin = zeros(rows[0])
    lines = task.entries - task.ends_on_identity
    layers = [(None, begin)]
    ends = [row]
    for _ in range(lines):
        total = row[:-1, None] + cost
        at = np.argmin(total, axis=0)
        row = np.concatenate([[np.inf], total[at, np.arange(n)]])
        # Fewer lines do as well.
        row, begin = zeros(row)
        layers.append((np.concatenate([[0], at]), begin))
        ends.append(row)
    finals = [r + same if task.ends_on_identity else np.where(np.arange(n + 1) == n, r, np.inf) for r in ends]
    k = int(np.argmin([v.min() for v in finals]))
    j = int(np.argmin(finals[k]))
    pieces = [("identity", j, n)] if task.ends_on_identity else []
    while True:
        at, begin = layers[k]
        if begin[j] >= 0:
            pieces.append(("zero", int(begin[j]), j))
            j = int(begin[j])
        if k == 0:
            break
        i = int(at[j])
        pieces.append(("line", i, j))
        j, k = i, k - 1
    return pieces[::-1], slope, value


def realised(task, edges, pieces, slope, value, x, w):
    """A table of these pieces: a line beside an answer of 0 serves that as well, and is fitted anew."""
    p = task.problem
    cuts, m, v, at = [], [], [], []
    start = task.lower
    for k, (kind, i, j) in enumerate(pieces):
        if kind == "zero":
            continue
        after = k + 1 < len(pieces) and pieces[k + 1][0] == "zero"
        # An answer of 0 belongs to the line on its right, at the end to that on its left.
        takes = after and k + 2 == len(pieces)
        end = task.upper if takes or k + 1 == len(pieces) else float(edges[j])
        if end == task.upper and k + 1 < len(pieces):
            # An empty last piece is not met at the bound itself.
            end = float(np.nextafter(end, np.inf))
        if kind == "identity":
            line = (1.0, edges[i], edges[i])
        else:
            line = (slope[i, j - 1], value[i, j - 1], edges[i])
            before = start < edges[i]
            if before or takes:
                line = floored_fit(task, line, start, end, x, w)
        m.append(line[0]), v.append(line[1]), at.append(line[2]), cuts.append(start)
        start = end
    return Lines(task, cuts[1:], m, v, at) if m else None


def floored_fit(task, line, start, end, x, w):
    """Least squares of max(0, line) on a stretch, from a line on: on where it is above 0."""
    p = task.problem
    a, b = np.searchsorted(x, start, "left"), np.searchsorted(x, end, "left" if end < task.upper else "right")
    x, w = x[a:b], w[a:b]
    f, (m, v, at) = p.f(x), line
    pinned = [(q, y) for q, y in task.anchors if start <= q < end or q == end == task.upper]
    best = (np.inf, line)
    for _ in range(30):
        on = v + m * (x - at) > 0
        answer = np.maximum(v + m * (x - at), 0)
        cost = float((w * (answer - f) ** 2).sum())
        if not cost < best[0] * (1 - 1e-12):
            break
        best = (cost, (m, v, at))
        if len(pinned) > 1 or on.sum() < 2:
            break
        u, g, k = x[on] - at, f[on], w[on]
        if pinned:
            q, y = pinned[0]
            u, g = x[on] - q, g - y
            m, v, at = float((k * u * g).sum() / (k * u * u).sum()), y, q
        else:
            mean, high = (k * u).sum() / k.sum(), (k * g).sum() / k.sum()
            m = float((k * (u - mean) * (g - high)).sum() / (k * (u - mean) ** 2).sum())
            v = float(high - m * mean)
    return best[1]


def optimum(task, count=400):
    """The best table found, and the pieces of the programme."""
    p = task.problem
    edges = task.places(count)
    best = None
    for turn in range(3):
        x, w = p.points(np.union1d(edges, p.grid(1500)))
        w = w / p.magnitude(x) ** 2
        pieces, slope, value = search(task, edges, x, w)
        table = realised(task, edges, pieces, slope, value, x, w)
        if table is not None and table.is_legal():
            error = table.mean_square()
            if best is None or error < best[0]:
                best = (error, table)
        # Around the cuts, ever finer.
        marks = sorted({i for _, i, _ in pieces} | {j for _, _, j in pieces})
        near = []
        each = max(4, 240 // len(marks))
        for k in marks:
            low, high = edges[max(k - 1, 0)], edges[min(k + 1, len(edges) - 1)]
            near.append(np.linspace(low, high, 2 * each + 1))
        fixed = [q for q, _ in task.anchors] + [task.lower, task.upper]
        edges = np.unique(np.concatenate(near + [fixed, edges[marks]]))
    return best
