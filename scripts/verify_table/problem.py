"""What a table was asked to do: function, domain and measure."""

import numpy as np

from .functions import Function
from .measure import Measure


class Problem:
    """Function, domain and measure, after range reduction."""

    def __init__(self, document, table):
        self.function = Function(document["function"])
        self.f = self.function.f
        self.table, self.scaling = table, document["scaling"]
        self.domain = [float(v) for v in document["domain"]]
        # As float64: the table's own bounds are rounded to float32.
        certificate = document.get("certificate") or {}
        exact = [float(certificate.get(side, getattr(table, side))) for side in ("lower", "upper")]
        rounded = [float(table.lower), float(table.upper)]
        self.lower, self.upper = exact if [float(np.float32(v)) for v in exact] == rounded else rounded
        objective = document["request"]["objective"]
        self.is_relative, self.is_maximum = objective.startswith("relative"), objective.endswith("max")
        self.measure = Measure(document, table, self.lower, self.upper)
        self.graded = np.zeros(0)
        grid = self.grid(10_000)
        self.default_floor = np.abs(self.f(grid)).max() / 256
        given = document["request"].get("relativeFloor")
        if document["schema"].endswith("/1"):
            # Requests did not say.
            given = certificate.get("relativeFloor")
        self.least_magnitude = self.default_floor if given is None else float(given)
        # Where the divisor of relative errors stops being f, and cells that are small around it.
        self.bends = self.graded = grid[:0]
        if self.is_relative:
            zeros = self.crossings(grid, lambda x: self.f(x) < 0)
            self.bends = self.crossings(np.union1d(grid, zeros), lambda x: np.abs(self.f(x)) > self.least_magnitude)
            self.graded = np.concatenate([self.around(b) for b in self.bends] + [grid[:0]])

    @staticmethod
    def crossings(grid, holds):
        """Between neighbours of a grid, where a property changes."""
        at = holds(grid)
        i = np.flatnonzero(at[1:] != at[:-1])
        low, high, first = grid[i], grid[i + 1], at[i]
        for _ in range(70 if len(i) else 0):
            middle = (low + high) / 2
            same = holds(middle) == first
            low, high = np.where(same, middle, low), np.where(same, high, middle)
        return high

    def around(self, bend):
        """Distances from a bend that grow by a thirtieth, from a part of the length over which f changes
        by the floor on."""
        width, slope = self.upper - self.lower, abs(float(self.function.d(np.array([bend]))[0]))
        scale = min(max(self.least_magnitude / slope, 1e-12 * width), width) if slope > 0 else width
        away = np.geomspace(scale / 30, width, int(np.log(30 * width / scale) * 30) + 2)
        return np.concatenate([bend - away, bend + away])

    def magnitude(self, x):
        return np.maximum(np.abs(self.f(x)), self.least_magnitude) if self.is_relative else np.ones_like(x)

    def tolerance(self, x):
        """What a largest error is divided by at x."""
        weighted = self.measure.is_weighted and self.is_maximum
        return self.magnitude(x) / (self.measure.share(x) if weighted else 1.0)

    def grid(self, count, more=()):
        """Positions that resolve the function: even ones, and geometric ones from the least distance to 0.

        Every function bends over lengths of 1 around 0, or in proportion to x.
        """
        low, high = self.lower, self.upper
        most, least = max(abs(low), abs(high)), min(abs(low), abs(high))
        if low <= 0 <= high:
            least = 1e-7 * min(1.0, most)
        away = np.geomspace(least, most, count) if least > 0 else np.zeros(0)
        every = np.concatenate([np.linspace(low, high, count), away, -away, self.function.kinks, self.graded,
                                np.asarray(more, dtype=float)])
        return np.unique(np.concatenate([every[(every > low) & (every < high)], [low, high]]))

    def points(self, edges):
        """The measure's positions and masses, cut where relative errors bend."""
        return self.measure.points(np.union1d(edges, self.bends) if len(self.bends) else edges)
