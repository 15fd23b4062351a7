"""The bound of a largest error that alternation triples prove."""

import numpy as np


def triples_error(problem, triples, entries, anchors, identity, floor):
    """What N lines cannot beat: N triples whose spans do not overlap, so that one meets a single line.

    With the last line y = x: N − 1 triples and a position beyond them that this line misses.
    """
    least = np.inf
    if identity and triples and len(triples[-1]) == 1:
        end = float(triples[-1][0])
        triples, entries = triples[:-1], entries - 1
        answer = end if floor == "none" else max(0.0, end)
        if not problem.lower <= end <= problem.upper or (triples and float(triples[-1][-1]) > end):
            return 0.0
        if not any(float(x) == end and float(y) != answer for x, y in anchors):
            at = np.array([end])
            least = float(np.abs(answer - problem.f(at))[0] / problem.tolerance(at)[0])
    t = np.array(triples, dtype=float).reshape(-1, 3)
    inside = len(t) == 0 or (t.min() >= problem.lower and t.max() <= problem.upper)
    if len(t) < entries or not inside or (np.diff(t, axis=1) <= 0).any() or (t[1:, 0] < t[:-1, 2]).any():
        return 0.0
    if len(t) == 0:
        return least
    f, tol = problem.f(t), problem.tolerance(t.ravel()).reshape(t.shape)
    for x, y in anchors:
        pinned = t == float(x)
        f, tol = np.where(pinned, float(y), f), np.where(pinned, 0, tol)
    return float(min(least, line_errors(t, f, tol, floor).min()))


def line_errors(t, f, tol, floor):
    """The least error of a line on each triple, in units of the tolerances."""
    share = (t[:, 2] - t[:, 1]) / (t[:, 2] - t[:, 0])
    chord = share * f[:, 0] + (1 - share) * f[:, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.abs(f[:, 1] - chord) / (tol[:, 1] + share * tol[:, 0] + (1 - share) * tol[:, 2])
        if floor == "none":
            return value
        # Up to which error a position asks for more than a result below 0.
        asks = np.where(tol > 0, f / tol, np.where(f > 0, np.inf, 0))
    bulges = chord > f[:, 1]
    if floor == "zero":
        return np.minimum(value, np.where(bulges, np.minimum(asks[:, 0], asks[:, 2]), asks[:, 1]))
    # Lines that are never below 0: the lower limits are max(0, f − e·tol), which only helps.
    low, high = value, np.full(len(value), max(1.0, value.max(initial=0)) * 2)
    for _ in range(100):
        e = (low + high) / 2
        lower = np.maximum(f - e[:, None] * tol, 0)
        missed = share * lower[:, 0] + (1 - share) * lower[:, 2] > f[:, 1] + e * tol[:, 1]
        low, high = np.where(missed, e, low), np.where(missed, high, e)
    return np.where(bulges, low, value)
