"""The one measure of docs/tables.md: what a table's squared errors are averaged over."""

import numpy as np
from scipy import special

NODES, NODE_WEIGHTS = special.roots_legendre(5)
BACKGROUND = 1e-6
# All numbers of fp16.
HALVES = np.arange(65536, dtype=np.uint16).view(np.float16).astype(float)
HALVES = np.unique(HALVES[np.isfinite(HALVES)])


class Measure:
    """Intervals (lower, upper, mass) of the table's inputs; of equal bounds: single values."""

    def __init__(self, document, table, lower, upper):
        self.table, self.lower, self.upper = table, lower, upper
        self.is_half = table.kind is np.float16
        domain = [float(v) for v in document["domain"]]
        rows = np.array(document["weights"] or [], dtype=float).reshape(-1, 3)
        low, high = np.maximum(rows[:, 0], domain[0]), np.minimum(rows[:, 1], domain[1])
        width = rows[:, 1] - rows[:, 0]
        share = np.where(width > 0, (high - low) / np.where(width > 0, width, 1), low <= high)
        keep = (share > 0) & (rows[:, 2] > 0)
        self.is_weighted = bool(keep.any())
        self.inputs = self.errors = np.array([[lower, upper, 1.0]])
        self.divisor = 1.0
        if not self.is_weighted:
            return
        clipped = np.stack([low, high, rows[:, 2] * share], axis=1)[keep]
        folded = np.array([part for row in clipped.tolist() for part in self.images(document["scaling"], *row)])
        folded = folded.reshape(-1, 4)
        folded[:, 0], folded[:, 1] = np.maximum(folded[:, 0], lower), np.minimum(folded[:, 1], upper)
        single = folded[:, 0] == folded[:, 1]
        folded[single, 0] = folded[single, 1] = self.representable(folded[single, 0])
        self.inputs = folded[:, :3]
        self.errors = np.column_stack([folded[:, :2], folded[:, 2] * folded[:, 3]])
        self.errors = np.vstack([self.errors, [lower, upper, BACKGROUND * self.errors[:, 2].sum()]])
        self.divisor = clipped[:, 2].sum() * (1 + BACKGROUND)

    def images(self, scaling, low, high, mass):
        """What the table sees of an interval, and the square of what scales its results back."""
        if scaling == "none":
            return [(low, high, mass, 1.0)]
        if scaling == "paper":
            pieces = [(0.0, 1.0, 1024.0, 1024.0), (1.0, np.inf, 1.0, 1.0)]
        else:
            k = 1 if self.table.d["scaledFunction"] == "reciprocal" else 2
            es = range(int(np.floor(np.log2(low))) // k * k - k, int(np.ceil(np.log2(high))) + k, k)
            pieces = [(2.0**e, 2.0 ** (e + k), 2.0**-e, 4.0**-e if k == 1 else 2.0**-e) for e in es]
        parts = []
        for start, end, factor, square in pieces:
            a, b = max(low, start), min(high, end)
            if a < b or (low == high and start <= low < end):
                share = 1.0 if low == high else (b - a) / (high - low)
                parts.append((a * factor, b * factor, mass * share, square))
        return parts

    def representable(self, x):
        """The numbers of the format, else of float32, next to single values and inside the domain."""
        near = x.astype(np.float32)
        near = np.where(near.astype(float) < self.lower, np.nextafter(near, np.float32(np.inf)), near)
        near = np.where(near.astype(float) > self.upper, np.nextafter(near, np.float32(-np.inf)), near).astype(float)
        near = np.where((near >= self.lower) & (near <= self.upper), near, x)
        if not self.is_half:
            return near
        half = self.table.quantised(x.astype(np.float32)).astype(float)
        return np.where((half >= self.lower) & (half <= self.upper), half, near)

    def points(self, edges):
        """Positions as the table meets them and their masses: quadrature between the edges, ascending;
        of fp16 inputs every number by itself."""
        wide = self.errors[:, 0] < self.errors[:, 1]
        xs, ws = [self.errors[~wide, 0]], [self.errors[~wide, 2]]
        for low, high, mass in self.errors[wide].tolist():
            if self.is_half:
                x, w = self.half_masses(low, high)
            else:
                inner = edges[np.searchsorted(edges, low, "right"):np.searchsorted(edges, high, "left")]
                e = np.concatenate([[low], inner, [high]])
                half, middle = np.diff(e) / 2, (e[1:] + e[:-1]) / 2
                x, w = (middle[:, None] + half[:, None] * NODES).ravel(), (half[:, None] * NODE_WEIGHTS).ravel()
            xs.append(x), ws.append(w * (mass / (high - low)))
        x, w = np.concatenate(xs), np.concatenate(ws) / self.divisor
        if self.is_half:
            x = self.table.quantised(x.astype(np.float32)).astype(float)
            x, at = np.unique(x, return_inverse=True)
            return x, np.bincount(at, w)
        order = np.argsort(x, kind="stable")
        return x[order], w[order]

    @staticmethod
    def half_masses(low, high):
        """The fp16 numbers that inputs between two bounds are rounded to, and from how wide a stretch."""
        middles = (HALVES[1:] + HALVES[:-1]) / 2
        first, last = np.searchsorted(middles, low, "right"), np.searchsorted(middles, high, "left")
        ends = np.concatenate([[low], middles[first:last], [high]])
        return HALVES[first:last + 1], np.diff(ends)

    def steps(self):
        """Where the density changes, single values included."""
        return np.unique(self.inputs[:, :2]) if self.is_weighted else np.zeros(0)

    def share(self, x):
        """Density over the largest one, at an edge the denser side's, at least a millionth; 1 at single
        values."""
        wide = self.inputs[:, 0] < self.inputs[:, 1]
        low, high, mass = self.inputs[wide].T
        edges = np.unique([low, high])
        change, covers = np.zeros(len(edges) + 1), np.zeros(len(edges) + 1, int)
        for at, sign in ((np.searchsorted(edges, low), 1), (np.searchsorted(edges, high), -1)):
            np.add.at(change, at + 1, sign * mass / (high - low))
            np.add.at(covers, at + 1, sign)
        # Between edges i - 1 and i; beyond both ends, and where nothing lies, exactly nothing.
        density = np.where(np.cumsum(covers) > 0, np.maximum(np.cumsum(change), 0), 0)
        i = np.searchsorted(edges, x, "right")
        at_edge = np.isin(x, edges)
        found = np.maximum(density[i], np.where(at_edge, density[np.maximum(i - 1, 0)], 0))
        found = np.maximum(found / max(density.max(), 1e-300), BACKGROUND)
        return np.where(np.isin(x, self.inputs[~wide, 0]), 1.0, found)
