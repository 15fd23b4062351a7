"""The bound of a largest error that positions prove to tables whose lines meet.

A table within e of f is a path of N lines through the vertical segments f - e·t … f + e·t at the
listed positions. Whether one exists is decided by a walk in exact fractions; nothing is asked
between positions, so what has no path here has none through the whole function.

A link is the lines that end no earlier link's reach. It has reached a position when a line above
all its lower ends and below all its upper ends goes through it. When all its lines miss the next
position g below, the highest of them there, E, goes through the lower end of some position and then
the upper end of a later one, q. Any line that takes over and meets g comes from a point not above E
and so is below E at q, and below the upper ends from q on: those, and the lower ends from g on, are
all that the next link must keep to. (Above: the same, upside down. Imai and Iri 1988.)

Where a negative result becomes 0 and f <= e·t, nothing is too low: there is no lower end. The lines may
meet below 0.
"""

from fractions import Fraction

import numpy as np


class Link:
    """The lines between some lower and some upper ends, each a list of (x, y)."""

    def __init__(self, lower, upper):
        self.lower, self.upper = lower, upper

    def extreme(self, x, highest):
        """How high (or low) its lines get at x, right of all ends, and the second end touched there.

        None where there is no limit.
        """
        firsts, seconds = (self.lower, self.upper) if highest else (self.upper, self.lower)
        best = None
        for a, u in firsts:
            for b, v in seconds:
                if a < b:
                    y = v + (v - u) / (b - a) * (x - b)
                    if best is None or (y < best[0] if highest else y > best[0]):
                        best = (y, b)
        return best


def is_path(x, low, high, lines, identity):
    """Whether so many lines pass all segments, the last one being y = x where asked for.

    A lower end of None is absent.
    """
    missed = -1
    if identity:
        lines -= 1
        missed = max((i for i in range(len(x)) if (low[i] is not None and x[i] < low[i]) or x[i] > high[i]), default=-1)
        if missed < 0:
            return True
        is_above = x[missed] > high[missed]
    link, used = Link([], []), 1
    if lines < 1:
        return False
    for g in range(len(x)):
        top, bottom = link.extreme(x[g], True), link.extreme(x[g], False)
        if identity and g > missed:
            # A line that is on the other side of y = x by now has met it.
            met = (top is None or top[0] >= x[g]) if is_above else (bottom is None or bottom[0] <= x[g])
            # Where one more line is left, it can join y = x from wherever the last one got to.
            if met or used < lines:
                return True
        below = low[g] is not None and top is not None and top[0] < low[g]
        above = bottom is not None and bottom[0] > high[g]
        if below or above:
            used += 1
            if used > lines:
                return False
            start = (top if below else bottom)[1]
            link = (Link([], [end for end in link.upper if end[0] >= start]) if below
                    else Link([end for end in link.lower if end[0] >= start], []))
        if low[g] is not None:
            link.lower.append((x[g], low[g]))
        link.upper.append((x[g], high[g]))
    return True


def proves(problem, positions, entries, anchors, identity, floor, error):
    """Whether no path of so many lines stays within the error at the positions."""
    xs = np.array(positions, dtype=float)
    if len(xs) < 2 or (np.diff(xs) <= 0).any() or xs[0] < problem.lower or xs[-1] > problem.upper:
        return False
    pinned = {float(x): Fraction(float(y)) for x, y in anchors}
    x, low, high = [], [], []
    for position, f, t in zip(xs.tolist(), problem.f(xs).tolist(), problem.tolerance(xs).tolist()):
        half = Fraction(0) if position in pinned else Fraction(error) * Fraction(t)
        middle = pinned.get(position, Fraction(f))
        least = middle - half
        if floor == "zero" and least <= 0:
            least = None
        elif floor == "avoided":
            least = max(least, Fraction(0))
        x.append(Fraction(position)), low.append(least), high.append(middle + half)
    return not is_path(x, low, high, entries, identity)
