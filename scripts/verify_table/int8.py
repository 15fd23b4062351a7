"""The exact programme of int8 tables: all 256 inputs, all 256 · 256 lines, any cuts.

With the table's own scales and shifts. 16 entries take two seconds, 256 half a minute.
"""

import numpy as np


def least_cost(problem, entries, anchors, floor):
    """The least that a table of so many entries costs, in the objective's unit; inf if there is none."""
    table = problem.table
    first, last = table.units(np.array([problem.lower, problem.upper], dtype=np.float32), table.step_in)
    inputs = np.arange(first, last + 1)
    results = np.arange(table.least, table.most + 1)
    seen = results if floor == "none" else np.maximum(results, 0)
    # As the table answers: products of float32.
    values = (seen.astype(np.float32) * np.float32(table.step_out)).astype(float)
    costs = result_costs(problem, inputs, values)
    if floor == "avoided":
        costs[:, results < 0] = np.inf
    for x, y in anchors:
        at = int(table.units(np.array([float(x)], dtype=np.float32), table.step_in)[0] - first)
        wanted = np.clip(np.rint(float(y) / float(table.step_out)), table.least, table.most)
        costs[at, seen != wanted] = np.inf
    m, c = (v.ravel() for v in np.meshgrid(results, results, indexing="ij"))
    steady = (c << table.s) + (1 << table.r - 1)
    best = np.full((min(entries, len(inputs)), len(m)), np.inf)
    # By the number of lines so far: the least cost of all inputs so far, by the line that serves
    # the last one, and of any line.
    before = np.concatenate([[0.0], np.full(len(best) - 1, np.inf)])
    for q, cost in zip(inputs, costs):
        y = np.clip((m * q + steady) >> table.r, table.least, table.most)
        np.minimum(best, before[:, None], out=best)
        if problem.is_maximum:
            np.maximum(best, cost[y - table.least], out=best)
        else:
            best += cost[y - table.least]
        before = np.concatenate([[np.inf], best.min(axis=1)[:-1]])
    return float(best.min())


def result_costs(problem, inputs, values):
    """What each result costs at each input, which stands for all real inputs that round to it."""
    table = problem.table
    step = float(table.step_in)
    borders = (inputs[:-1] + 0.5) * step
    borders = borders[(borders > problem.lower) & (borders < problem.upper)]

    def cell(x):
        return table.units(x.astype(np.float32), table.step_in) - inputs[0]

    costs = np.zeros((len(inputs), len(values)))
    if not problem.is_maximum:
        x, w = problem.points(problem.grid(5000, borders))
        f, w, at = problem.f(x), w / problem.magnitude(x) ** 2, cell(x)
        for k in np.unique(at):
            here = at == k
            mass = w[here].sum()
            mean = (w[here] * f[here]).sum() / mass if mass > 0 else 0.0
            costs[k] = mass * (values - mean) ** 2 + (w[here] * (f[here] - mean) ** 2).sum()
        return costs
    turns = problem.crossings(problem.grid(5000), lambda v: problem.function.d(v) > 0)
    near = np.concatenate([borders, turns, problem.measure.steps(), problem.bends, [problem.lower, problem.upper]])
    near = near.astype(np.float32)
    near = np.concatenate([near, np.nextafter(near, np.float32(-np.inf)), np.nextafter(near, np.float32(np.inf))])
    x = problem.grid(5000, near.astype(float))
    at, f, tolerance = cell(x), problem.f(x), problem.tolerance(x)
    for k in np.unique(at):
        here = at == k
        # A constant misses most at an end of what f does, for each tolerance.
        costs[k] = (np.abs(values[:, None] - f[here]) / tolerance[here]).max(axis=1)
    return costs
