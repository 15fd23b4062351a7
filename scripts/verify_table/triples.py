"""The bound of a largest error that alternation triples prove."""

import numpy as np


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
