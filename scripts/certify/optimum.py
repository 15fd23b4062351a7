"""The best real table that these programmes find for a document's request: what its bounds must not exceed."""

import time

import numpy as np

from verify_table.arithmetic import Table
from verify_table.errors import Errors
from verify_table.problem import Problem

from . import minimax, partition, polygon
from .lines import Lines, Task


def best(task, seconds, must_meet=False, cells=400, given=None):
    """(error, table) where lines need not meet, and where they must; None for what is not found.

    Tables that must meet start from those that need not and from a given one.
    """
    until = time.monotonic() + seconds

    def is_late():
        return time.monotonic() > until

    free = minimax.optimum(task, is_late) if task.problem.is_maximum else partition.optimum(task, cells)
    starts = ([free[1]] if free else []) + ([given] if given else [])
    if not must_meet or not starts:
        return free, None
    if not task.problem.is_maximum:
        return free, polygon.optimum(task, starts, is_late)
    found = [minimax.meeting(task, table, is_late) for table in starts]
    return free, min((f for f in found if f), key=lambda f: f[0], default=None)


def lines_of(problem, task):
    """The document's own lines, to start from."""
    found = Errors(problem)
    ends = np.concatenate([[task.lower], found.b, [task.upper]])
    at = np.clip((ends[:-1] + ends[1:]) / 2, task.lower, task.upper)
    return Lines(task, found.b, found.m, found.m * at + found.c, at)


def tasks(document):
    """The tasks of a document's two bounds, with the bound and whether only tables that meet beat it."""
    certificate = document["certificate"]
    problem = Problem(document, Table(document["table"]))
    non_negative = problem.function.is_non_negative
    rule = certificate.get("floor", "zero" if non_negative else "none")
    free_rule = "zero" if non_negative else "none"
    entries = int(certificate["entries"])
    for name, anchors, identity, floor in (
            ("bound", certificate["anchors"], certificate["endsOnIdentity"], rule), ("freeBound", [], False, free_rule)):
        bound = certificate[name]
        if name == "freeBound" and not certificate["anchors"] and not identity and rule == free_rule:
            continue
        yield (name, float(bound["value"]), bound["witness"]["kind"] == "tube",
               Task(problem, entries, anchors, identity, floor))


def beaten(document, seconds):
    """For each bound: its name, value, the least error of a legal table found, and whether that beats it."""
    found = []
    for name, value, meets, task in tasks(document):
        meets_only = document["certificate"]["continuity"] == "continuous"
        pair = best(task, seconds, must_meet=meets_only, given=lines_of(task.problem, task))
        rivals = [r[0] for r in (pair[1:] if meets else pair) if r is not None]
        least = min(rivals, default=np.inf)
        found.append((name, value, least, least < value * (1 - 1e-6)))
    return found
