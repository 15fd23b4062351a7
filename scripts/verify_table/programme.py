"""The bound of a mean square that a programme over cells proves.

A cell with one cut between two pieces costs at least what the cheaper of them would pay for all of it:
each pays at least its part of what the whole would cost it. Pieces are N lines and, where a negative
result becomes 0, answers of 0 before, between and after them, which are no entries. If such an answer
begins and ends in one cell, that costs at least the cheapest of the three; a cell with a whole line in it
costs nothing.
"""

import numpy as np

from .cells import Cells


class Layer:
    """What so many lines cost at least, by the cell of the last cut: without that cell (owing), and with
    that cell paid for by what is on its left, or by nobody (settled)."""

    def __init__(self, cells):
        self.owing, self.settled = np.full(cells.count, np.inf), np.full(cells.count, np.inf)
        self.end = np.inf

    def hold(self, wide):
        """Cuts lie in cells of some width."""
        self.owing[~wide] = self.settled[~wide] = np.inf

    def add_zeros(self, cells, start):
        """Lets an answer of 0 follow the last line, from cells where that ended or, at first, the left."""
        n, zero = cells.count, cells.zero
        by_zero = np.minimum(self.settled, self.owing + cells.zero_pay)
        # Paid so far less all zeros so far, for each first whole cell of the answer.
        begun = np.concatenate([[start], by_zero.astype(np.longdouble)]) - zero
        first = 0
        for wall in [*cells.walls.tolist(), n]:
            # Whole cells first … last − 1, a cut in the cell `last` (n: the end).
            least = np.minimum.accumulate(begun[first:wall + 1])
            sums = (least + zero[first:wall + 1]).astype(float)
            to = slice(first, min(wall + 1, n))
            np.minimum(self.owing[to], sums[:to.stop - first], out=self.owing[to])
            np.minimum(self.settled[to], sums[:to.stop - first] + cells.zero_pay[to], out=self.settled[to])
            if wall == n:
                self.end = min(self.end, float(sums[-1]))
            first = wall + 1
        np.minimum(self.settled, by_zero, out=self.settled)


def programme(problem, edges, entries, anchors, identity, has_zero, limit):
    """What N lines cost at least, by dynamic programming over cells; at most the limit."""
    cells = Cells(problem, edges, anchors, has_zero)
    n = cells.count
    parts = [cells.reached(a, limit) for a in range(-1, n)]
    layer, best = Layer(cells), np.inf
    start = 0.0
    for lines in range(entries + 1):
        layer.hold(cells.wide)
        if has_zero:
            layer.add_zeros(cells, start if lines == 0 else np.inf)
            layer.hold(cells.wide)
        if identity and lines == entries - 1:
            paid = np.minimum(layer.settled, layer.owing + cells.identity_pay)
            ends = [layer.end, float((paid + cells.same_to_end[1:]).min())]
            if lines == 0:
                ends.append(float(cells.same_to_end[0]))
            return float(min(limit, best, *ends))
        best = min(best, layer.end)
        if lines == entries:
            break
        following = Layer(cells)
        # With more lines than needed, some begin and end in one cell.
        following.settled = np.minimum(layer.settled, layer.owing)
        starts = np.flatnonzero(following.settled <= limit).tolist()
        for a in ([-1] if lines == 0 else []) + starts:
            cost, left, right = parts[a + 1]
            sums = (np.minimum(layer.settled[a], layer.owing[a] + left) if a >= 0 else start) + cost
            to = slice(a + 1, min(a + 1 + len(cost), n))
            size = to.stop - to.start
            np.minimum(following.owing[to], sums[:size], out=following.owing[to])
            np.minimum(following.settled[to], (sums + right)[:size], out=following.settled[to])
            if a + 1 + len(cost) > n:
                following.end = min(following.end, float(sums[-1]))
        layer = following
    return float(min(limit, best))
