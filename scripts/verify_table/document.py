"""A document of `nnlut table fit --output json`, checked line by line."""

import json

import numpy as np

from . import cells, int8, paths, triples
from .arithmetic import Table
from .problem import Problem

# Of a bound: the functions here and there differ in their last digits, quadratures in more.
SHARE = {"alternations": 1e-9, "tube": 1e-6, "cells": 1e-3, "exhaustive": 1e-3}
MAXIMUM_KINDS = {True: ("alternations", "tube", "exhaustive"), False: ("cells", "exhaustive")}


class Verification:
    """Prints what holds and counts what does not."""

    def __init__(self, document):
        self.document, self.wrong = document, 0
        self.table = Table(document["table"])
        self.problem = Problem(document, self.table)

    def check(self, holds, text):
        print(("holds: " if holds else "WRONG: ") + text)
        self.wrong += not holds

    def run(self):
        self.check_arithmetic()
        self.check_errors()
        certificate = self.document.get("certificate")
        if certificate is None:
            self.check(False, "there is a certificate")
            return
        self.check_claims(certificate)
        achieved = self.check_achieved(certificate)
        constraints = (certificate["anchors"], certificate["endsOnIdentity"])
        for name, given in (("bound", constraints), ("freeBound", ([], False))):
            self.check_bound(name, certificate, achieved, *given)

    def check_arithmetic(self):
        probes = [[int(v, 16) for v in pair] for pair in self.document["probes"]]
        probes = np.array(probes, dtype=np.uint32).reshape(-1, 2)
        mine = self.table(probes[:, 0].copy().view(np.float32)).view(np.uint32)
        self.check(len(probes) > 0 and (mine == probes[:, 1]).all(), f"{len(probes)} probes, bit for bit")

    def check_errors(self):
        given = {k: float(v) for k, v in self.document["achieved"].items()}
        maximum, mean = self.problem.maximum()[0], self.problem.mean_square()
        self.check(abs(maximum - given["maximumError"]) <= 1e-4 * maximum + 1e-12,
                   f"largest error {maximum:.6g} (says {given['maximumError']:.6g})")
        self.check(abs(mean - given["meanSquaredError"]) <= 2e-3 * mean + 1e-20,
                   f"mean squared error {mean:.6g} (says {given['meanSquaredError']:.6g})")

    def check_claims(self, certificate):
        """That the certificate speaks of this table."""
        table, problem = self.table, self.problem
        claims = {
            "entries": int(certificate["entries"]) == len(table.m),
            "objective": certificate["objective"] == self.document["request"]["objective"],
            "domain": np.float32(certificate["lower"]) == table.lower
                      and np.float32(certificate["upper"]) == table.upper,
            "weights": certificate["isWeighted"] == (problem.weights is not None),
        }
        if problem.scaling == "none":
            claims["range asked for"] = [np.float32(v) for v in problem.domain] == [table.lower, table.upper]
        for x, y in certificate["anchors"]:
            exact = float(problem.f(np.array([float(x)]))[0])
            claims[f"anchor at {x}"] = abs(exact - float(y)) <= 1e-12 * max(1, abs(exact))
        lies = [name for name, holds in claims.items() if not holds]
        self.check(not lies, "the certificate is this table's" + (f", but for its {', '.join(lies)}" if lies else ""))

    def check_achieved(self, certificate):
        """In the objective's terms; of the lines, as bounds speak of them, without the floor max(0, y).

        int8's bounds know the floor.
        """
        if self.table.format != "int8":
            self.table.d = {**self.table.d, "isNonNegative": False}
        found = {"maximumError": self.problem.maximum()[1], "meanSquaredError": self.problem.certified_mean_square()}
        for name, value in found.items():
            says = float(certificate[name])
            self.check(abs(value - says) <= 2e-3 * value + 1e-20,
                       f"in the objective's terms {name} is {value:.6g} (says {says:.6g})")
        return found["maximumError" if self.problem.is_maximum else "meanSquaredError"]

    def check_bound(self, name, certificate, achieved, anchors, identity):
        value, witness = float(certificate[name]["value"]), certificate[name]["witness"]
        entries, kind = int(certificate["entries"]), witness["kind"]
        if not np.isfinite(value) or value < 0:
            self.check(False, f"{name} {value} is an error")
        elif value == 0:
            self.check(True, f"{name} 0 claims nothing")
        elif kind not in MAXIMUM_KINDS[self.problem.is_maximum] or (kind == "exhaustive") != (self.table.format == "int8"):
            self.check(False, f"{name}: a witness of {kind} speaks of this objective and format")
        elif kind == "tube":
            least = value * (1 - SHARE[kind])
            holds = certificate["continuity"] == "continuous" and paths.proves(
                self.problem, witness["positions"], entries, anchors, identity, least)
            self.check(holds, f"{name} {value:.6g}: no path of {entries} lines within {least:.8g} "
                              f"at {len(witness['positions'])} positions")
        else:
            if kind == "alternations":
                least = triples.triples_error(self.problem, witness["triples"], entries, anchors, identity)
                how = "on no triple does a line come closer than"
            elif kind == "cells":
                least = cells.programme(self.problem, witness["edges"], entries, anchors, identity, value)
                how = f"the programme over {len(witness['edges']) - 1} cells gives"
            else:
                least = int8.least_cost(self.problem, entries, anchors)
                how = "the programme over all int8 inputs and lines gives"
            self.check(least >= value * (1 - SHARE[kind]), f"{name} {value:.6g}: {how} {least:.6g}")
        self.check(value <= achieved * (1 + 1e-3), f"{name}: the table's ratio is {achieved / value if value else np.inf:.4f}")


def verify(path):
    """Prints what holds and what does not; returns how much does not."""
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        if document["schema"] != "nnlut.table/1":
            raise ValueError(f"its schema is {document['schema']}")
        verification = Verification(document)
        verification.run()
    except (OSError, KeyError, TypeError, ValueError, IndexError, AssertionError, RecursionError) as error:
        print(f"WRONG: {path} is no valid document of `nnlut table fit --output json`: "
              f"{type(error).__name__} {error}")
        return 1
    return verification.wrong
