"""What a table was asked to do: function, domain and measure, and how far it is from that."""

import numpy as np
from scipy import special

FUNCTIONS = {
    "gelu": lambda x: x * special.ndtr(x),
    "gelu-tanh": lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
    "exp": np.exp,
    "reciprocal": lambda x: 1 / x,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "silu": lambda x: x * special.expit(x),
    "sigmoid": special.expit,
    "tanh": np.tanh,
    "softplus": lambda x: np.logaddexp(0, x),
    "hardswish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
}
NODES, NODE_WEIGHTS = special.roots_legendre(5)


class Problem:
    """Function, domain and measure, after range reduction."""

    def __init__(self, document, table):
        function = document["function"]
        if isinstance(function, dict):
            xs, ys = np.array(function["samples"], dtype=float).T
            ends = np.array([(ys[1] - ys[0]) / (xs[1] - xs[0]), (ys[-1] - ys[-2]) / (xs[-1] - xs[-2])])
            self.f = lambda x: (np.interp(x, xs, ys) + ends[0] * np.minimum(x - xs[0], 0)
                                + ends[1] * np.maximum(x - xs[-1], 0))
            self.kinks = xs
        else:
            self.f, self.kinks = FUNCTIONS[function], np.array([-3.0, 3.0] if function == "hardswish" else [])
        self.table, self.scaling = table, document["scaling"]
        self.domain = [float(v) for v in document["domain"]]
        # As float64: the table's own bounds are rounded to float32.
        certificate = document.get("certificate") or {}
        exact = [float(certificate.get(side, getattr(table, side))) for side in ("lower", "upper")]
        rounded = [float(table.lower), float(table.upper)]
        self.lower, self.upper = exact if [float(np.float32(v)) for v in exact] == rounded else rounded
        self.relative = document["request"]["objective"].startswith("relative")
        self.is_maximum = document["request"]["objective"].endswith("max")
        grid = self.grid(self.lower, self.upper, [], 10_000)
        self.floor = np.abs(self.f(grid)).max() / 256
        self.weights = None
        if document["weights"] is not None:
            w = np.array(document["weights"], dtype=float).reshape(-1, 3)
            low, high = np.maximum(w[:, 0], self.domain[0]), np.minimum(w[:, 1], self.domain[1])
            width = w[:, 1] - w[:, 0]
            share = np.where(width > 0, (high - low) / np.where(width > 0, width, 1), low <= high)
            keep = (share > 0) & (w[:, 2] > 0)
            if keep.any():
                self.weights = np.stack([low, high, w[:, 2] * share], axis=1)[keep]

    def magnitude(self, x):
        return np.maximum(np.abs(self.f(x)), self.floor) if self.relative else np.ones_like(x)

    def grid(self, lower, upper, more, count):
        """Positions that resolve the function: even ones, and geometric ones towards 0."""
        even = np.linspace(lower, upper, count)
        away = np.geomspace(max(1e-6, 1e-9 * upper), max(abs(lower), abs(upper), 1e-5), count // 4)
        every = np.concatenate([even, away, -away, self.kinks, more])
        return np.unique(np.concatenate([every[(every > lower) & (every < upper)], [lower, upper]]))

    def points(self, intervals, edges):
        """Gauss points and their masses for a list of (lower, upper, mass)."""
        xs, ws = [], []
        for low, high, mass in intervals:
            if low == high:
                xs.append(np.array([low])), ws.append(np.array([mass]))
                continue
            inner = edges[np.searchsorted(edges, low, "right"):np.searchsorted(edges, high, "left")]
            e = np.concatenate([[low], inner, [high]])
            half, middle = np.diff(e) / 2, (e[1:] + e[:-1]) / 2
            xs.append((middle[:, None] + half[:, None] * NODES).ravel())
            ws.append((half[:, None] * NODE_WEIGHTS).ravel() * (mass / (high - low)))
        return np.concatenate(xs), np.concatenate(ws)

    def errors(self, x, core=False):
        """table − f where the table has rounded an fp16 input, and the position."""
        x = np.asarray(x).astype(np.float32)
        if self.table.kind is np.float16 and (core or self.scaling == "none"):
            x = self.table.quantised(x).astype(np.float32)
        value = self.table.core(x) if core else self.table(x)
        return x.astype(float), value.astype(float) - self.f(x.astype(float))

    def steps(self):
        """Where the rounding of an integer table's inputs jumps, and its breakpoints."""
        b = self.table.breakpoints()
        if self.table.kind is np.int64:
            step = float(self.table.step_in)
            if (self.upper - self.lower) / step < 200_000:
                first = np.floor(self.lower / step)
                b = np.concatenate([b, (np.arange(first, self.upper / step + 1) + 0.5) * step])
        return b

    def maximum(self):
        if self.table.kind is np.float16:
            halves = np.arange(65536, dtype=np.uint16).view(np.float16)
            xs = halves[np.isfinite(halves)].astype(float)
            xs = xs[(xs >= self.lower) & (xs <= self.upper)]
        else:
            xs = self.grid(self.lower, self.upper, self.steps(), 100_000).astype(np.float32)
            xs = np.unique(np.concatenate([xs, np.nextafter(xs, np.float32(-np.inf)), np.nextafter(xs, np.float32(np.inf))]))
            xs = xs[(xs >= self.table.lower) & (xs <= self.table.upper)]
        x, e = self.errors(xs, core=True)
        return np.abs(e).max(), (np.abs(e) / self.tolerance(x)).max()

    def mean_square(self):
        """Of the results as they are, scaled back, over the weights."""
        if self.weights is None:
            edges = self.grid(self.lower, self.upper, self.steps(), 10_000)
            x, w = self.points([(self.lower, self.upper, 1.0)], edges)
            x, e = self.errors(x, core=True)
        else:
            low, high = self.weights[:, 0].min(), self.weights[:, 1].max()
            edges = self.grid(low, high, self.steps() if self.scaling == "none" else [], 10_000)
            x, w = self.points(self.weights, edges)
            x, e = self.errors(x)
        return (w * e**2).sum() / w.sum()

    def certified_mean_square(self):
        """Under the measure that bounds speak of."""
        x, w = self.measure(self.grid(self.lower, self.upper, self.steps(), 10_000))
        _, e = self.errors(x, core=True)
        return (w * (e / self.magnitude(x)) ** 2).sum()

    def measure(self, edges):
        """Points and masses of sum 1: the folded weights and a millionth of them everywhere."""
        intervals = self.folded()
        if self.weights is not None:
            intervals = np.vstack([intervals, [self.lower, self.upper, 1e-6 * intervals[:, 2].sum()]])
        x, w = self.points(intervals, edges)
        return x, w / w.sum()

    def folded(self):
        """The intervals that the table sees after range reduction; errors count as scaled back."""
        if self.weights is None:
            return np.array([[self.lower, self.upper, 1.0]])
        if self.scaling == "none":
            return self.weights
        parts = []
        for low, high, mass in self.weights:
            if self.scaling == "paper":
                pieces = [(0, 1, 1024.0, 1024.0), (1, np.inf, 1.0, 1.0)]
            else:
                k = 1 if self.table.d["scaledFunction"] == "reciprocal" else 2
                es = range(int(np.floor(np.log2(low))) // k * k, int(np.ceil(np.log2(high))) + 1, k)
                pieces = [(2.0**e, 2.0 ** (e + k), 2.0**-e, 4.0**-e if k == 1 else 2.0**-e) for e in es]
            for start, end, factor, square in pieces:
                a, b = max(low, start), min(high, end)
                if a < b or (low == high and start <= low < end):
                    share = 1.0 if low == high else (b - a) / (high - low)
                    parts.append((a * factor, b * factor, mass * share * square))
        return np.array(parts)

    def density_share(self, x):
        """Density at x over the largest; single values count as densest."""
        intervals = self.folded()
        wide = intervals[intervals[:, 0] < intervals[:, 1]]
        edges = np.unique(wide[:, :2])
        change = np.zeros(len(edges))
        for low, high, mass in wide:
            change[np.searchsorted(edges, low)] += mass / (high - low)
            change[np.searchsorted(edges, high)] -= mass / (high - low)
        density = np.concatenate([[0], np.maximum(np.cumsum(change), 0)])
        density[-1] = 0
        i = np.searchsorted(edges, x, "right")
        share = np.maximum(density[i], np.where(np.isin(x, edges), density[np.maximum(i - 1, 0)], 0)) / max(density.max(), 1e-300)
        return np.where(np.isin(x, intervals[intervals[:, 0] == intervals[:, 1]][:, 0]), 1.0, share)

    def tolerance(self, x):
        if self.weights is None or not self.is_maximum:
            return self.magnitude(x)
        with np.errstate(divide="ignore"):
            return self.magnitude(x) / self.density_share(x)
