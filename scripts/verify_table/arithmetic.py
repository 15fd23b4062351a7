"""The arithmetic of docs/tables.md, bit for bit."""

import numpy as np


class Table:
    """The arithmetic of docs/tables.md."""

    def __init__(self, document):
        self.d, n = document, document["numbers"]
        self.format = document["format"]
        self.lower, self.upper = np.float32(document["lowerBound"]), np.float32(document["upperBound"])
        kind = {"fp32": np.float32, "fp16": np.float16}.get(self.format, np.int64)
        self.b, self.m, self.c = (np.array([kind(v) for v in n[k]], dtype=kind)
                                  for k in ("breakpoints", "slopes", "intercepts"))
        if kind is np.int64:
            self.step_in, self.step_out = (
                np.float32(n[f"{side}Step"]) if f"{side}Step" in n
                else np.float32(2.0 ** -n[f"{side}FractionBits"]) for side in ("input", "output"))
            self.s, self.r, bits = n["interceptShift"], n["resultShift"], int(self.format[3:])
            self.least, self.most = -(1 << bits - 1), (1 << bits - 1) - 1
            # The widths: no accumulator can leave 64 bits.
            for m, c in zip(self.m.tolist(), self.c.tolist()):
                assert abs(m) * -self.least + (abs(c) << self.s) + (1 << self.r - 1) < 1 << 63
        self.kind = kind

    def units(self, x, step):
        """rne(x / step), saturated, of float32 numbers."""
        return np.clip(np.rint((x / step).astype(np.float64)), self.least, self.most).astype(np.int64)

    def quantised(self, u):
        if self.kind is np.float32:
            return u
        if self.kind is np.float16:
            return np.clip(u.astype(np.float16), np.float16(-65504), np.float16(65504))
        return self.units(u, self.step_in)

    def breakpoints(self):
        return self.b.astype(float) * (float(self.step_in) if self.kind is np.int64 else 1)

    def lines(self, h):
        i = np.searchsorted(self.b, h, side="right")
        if self.kind is np.int64:
            y = (self.m[i] * h + (self.c[i] << self.s) + (1 << self.r - 1)) >> self.r
            return np.clip(y, self.least, self.most)
        product = np.where(self.m[i] == 0, self.kind(0), self.m[i] * h)
        y = (product + self.c[i]).astype(self.kind)
        return np.clip(y, np.float16(-65504), np.float16(65504)) if self.kind is np.float16 else y

    def core(self, u):
        """The result for reduced inputs, before it is scaled back."""
        h = self.quantised(u)
        low, high = self.quantised(np.array([self.lower, self.upper]))
        y = self.lines(np.where((h < low) & (self.d["left"] == "clamp"), low,
                                np.where((h > high) & (self.d["right"] == "clamp"), high, h)))
        for side, outside in (("left", h < low), ("right", h > high)):
            if isinstance(self.d[side], dict):
                constant = np.array([self.d[side]["constant"]], dtype=np.float32)
                constant = self.units(constant, self.step_out) if self.kind is np.int64 else constant
                y = np.where(outside, constant.astype(y.dtype), y)
        if self.d["isNonNegative"]:
            y = np.where(y < 0, y.dtype.type(0), y)
        return y.astype(np.float32) * (self.step_out if self.kind is np.int64 else np.float32(1))

    def __call__(self, x):
        x = np.asarray(x, dtype=np.float32) + np.float32(0)
        x = np.where(x == 0, np.float32(0), x)
        if self.d["scaling"] == "none":
            return self.core(x)
        if self.d["scaling"] == "paper":
            small = x < 1
            return self.core(np.where(small, x * np.float32(1024), x)) * np.where(small, 32, 1).astype(np.float32)
        valid = (x > 0) & np.isfinite(x)
        m, e = np.frexp(np.maximum(np.where(valid, x, 1), np.float32(2.0**-126)))
        m, e = m * np.float32(2), e - 1
        if self.d["scaledFunction"] == "rsqrt":
            odd = e % 2 == 1
            m, e = np.where(odd, m * np.float32(2), m), (e - odd) // 2
        return np.where(valid, (self.core(m).astype(np.float64) * 2.0**-e).astype(np.float32), np.float32(0))
