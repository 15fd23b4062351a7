"""A document of `nnlut table fit --output json`, checked line by line."""

import json

import numpy as np

from . import functions, int8, paths, programme, triples
from .arithmetic import Table
from .errors import Errors
from .problem import Problem

SCHEMAS = ("nnlut.table/1", "nnlut.table/2")
# Of a bound: the functions here and there differ in their last digits, quadratures in more.
SHARE = {"alternations": 1e-9, "tube": 1e-6, "cells": 1e-3, "exhaustive": 1e-4}
# Of errors: largest ones are solved for, mean squares are quadratures.
MAXIMUM_SHARE, MEAN_SHARE, HALF_MEAN_SHARE = 1e-4, 5e-4, 3e-3
# No error is below what no table beats, but for sums of the same numbers; nor for another quadrature.
ROUNDING, QUADRATURE = 1e-9, 1e-6
MAXIMUM_KINDS = {True: ("alternations", "tube", "exhaustive"), False: ("cells", "exhaustive")}


class Verification:
    """Tells what holds and counts what does not."""

    def __init__(self, document, tell=print):
        self.document, self.tell, self.wrong = document, tell, 0
        self.table = Table(document["table"])
        self.problem = Problem(document, self.table)
        self.function = self.problem.function
        self.avoids = document["request"].get("floor", "use") == "avoid"
        if document["schema"].endswith("/1"):
            # Requests did not say.
            self.avoids = (document.get("certificate") or {}).get("floor") == "avoided"
        self.rule = "none" if not self.function.is_non_negative else "avoided" if self.avoids else "zero"

    def check(self, holds, text):
        self.tell(("holds: " if holds else "WRONG: ") + text)
        self.wrong += not holds

    def run(self):
        self.check_arithmetic()
        errors = Errors(self.problem)
        largest, means = errors.largest(), errors.mean_squares()
        self.check_errors("", largest[0], means[0], self.document["achieved"])
        certificate = self.document.get("certificate")
        if certificate is None:
            self.check(False, f"there is a certificate ({self.document.get('withheld', 'nothing says why not')})")
            return
        self.check_claims(certificate)
        self.check_errors("in the objective's terms ", largest[1], means[1], certificate)
        if self.avoids and self.function.is_non_negative:
            self.check(not self.dips(errors), "no line answers below 0 inside the domain")
        found = largest[1] if self.problem.is_maximum else means[1]
        free, bound = certificate["freeBound"], certificate["bound"]
        # What no table beats is beaten by none under constraints.
        if bound != free:
            self.check_bound("bound", certificate, certificate["anchors"], certificate["endsOnIdentity"], self.rule)
        self.check_bound("freeBound", certificate, [], False, "zero" if self.function.is_non_negative else "none")
        self.check(float(bound["value"]) >= float(free["value"]), "constraints do not lower the bound")
        self.check_distance(certificate, found)

    def check_arithmetic(self):
        probes = [[int(v, 16) for v in pair] for pair in self.document["probes"]]
        probes = np.array(probes, dtype=np.uint32).reshape(-1, 2)
        mine = self.table(probes[:, 0].copy().view(np.float32)).view(np.uint32)
        self.check(len(probes) > 0 and (mine == probes[:, 1]).all(), f"{len(probes)} probes, bit for bit")

    def check_errors(self, terms, largest, mean, says):
        # Here every fp16 input counts by itself; a quadrature steps over some.
        mean_share = HALF_MEAN_SHARE if self.table.format == "fp16" else MEAN_SHARE
        for name, key, (value, noise), share in (("largest error", "maximumError", largest, MAXIMUM_SHARE),
                                                 ("mean squared error", "meanSquaredError", mean, mean_share)):
            given = float(says[key])
            self.check(abs(value - given) <= share * value + noise + 1e-300,
                       f"{terms}{name} {value:.6g} (says {given:.6g})")

    def dips(self, errors):
        """Whether a line of the rounded table answers below 0 where it serves inputs of the domain."""
        x = np.unique(errors.candidates().astype(np.float32))
        return bool((self.table.lines(self.table.quantised(x)) < 0).any())

    def check_claims(self, certificate):
        """That the certificate speaks of this table."""
        table, problem, request = self.table, self.problem, self.document["request"]
        claims = {
            "entries": int(certificate["entries"]) == len(table.m),
            "objective": certificate["objective"] == request["objective"],
            "domain": np.float32(certificate["lower"]) == table.lower
                      and np.float32(certificate["upper"]) == table.upper,
            "weights": certificate["isWeighted"] == problem.measure.is_weighted,
            "floor": table.d["isNonNegative"] == self.function.is_non_negative
                     and certificate.get("floor", self.rule) == self.rule,
            "line y = x": not certificate["endsOnIdentity"] or self.ends_on_identity(),
        }
        if problem.is_relative and "relativeFloor" in certificate:
            least = problem.least_magnitude
            claims["least magnitude"] = abs(float(certificate["relativeFloor"]) - least) <= 1e-6 * least
        if problem.scaling == "none":
            claims["range asked for"] = [np.float32(v) for v in problem.domain] == [
                table.lower, np.float32(problem.domain[1]) if problem.domain[0] == problem.domain[1] else table.upper]
        anchored = functions.ANCHORED_AT_ZERO
        for x, y in certificate["anchors"]:
            exact = float(problem.f(np.array([float(x)]))[0])
            claims[f"anchor at {x}"] = abs(exact - float(y)) <= 1e-12 * max(1, abs(exact)) and (
                float(x) in (problem.lower, problem.upper) or (float(x) == 0 and self.function.name in anchored))
        lies = [name for name, holds in claims.items() if not holds]
        self.check(not lies, "the certificate is this table's" + (f", but for its {', '.join(lies)}" if lies else ""))

    def ends_on_identity(self):
        return self.function.name in functions.ENDS_ON_IDENTITY and self.document["request"]["tails"] == "default"

    def check_bound(self, name, certificate, anchors, identity, floor):
        value, witness = float(certificate[name]["value"]), certificate[name]["witness"]
        entries, kind = int(certificate["entries"]), witness["kind"]
        if not np.isfinite(value) or value < 0:
            return self.check(False, f"{name} {value} is an error")
        if value == 0:
            return self.check(True, f"{name} 0 claims nothing")
        if kind not in MAXIMUM_KINDS[self.problem.is_maximum] or (kind == "exhaustive") != (self.table.format == "int8"):
            return self.check(False, f"{name}: a witness of {kind} speaks of this objective and format")
        least = value * (1 - (HALF_MEAN_SHARE if kind == "cells" and self.table.format == "fp16" else SHARE[kind]))
        if kind == "tube":
            holds = certificate["continuity"] == "continuous" and paths.proves(
                self.problem, witness["positions"], entries, anchors, identity, floor, least)
            return self.check(holds, f"{name} {value:.6g}: no path of {entries} lines within {least:.8g} "
                                     f"at {len(witness['positions'])} positions")
        if kind == "alternations":
            found = triples.triples_error(self.problem, witness["triples"], entries, anchors, identity, floor)
            how = "on no triple does a line come closer than"
        elif kind == "cells":
            found = programme.programme(
                self.problem, witness["edges"], entries, anchors, identity, floor == "zero", value)
            how = f"the programme over {len(witness['edges']) - 1} cells gives"
        else:
            found = int8.least_cost(self.problem, entries, anchors, floor)
            how = "the programme over all int8 inputs and lines gives"
        self.check(found >= least, f"{name} {value:.6g}: {how} {found:.6g}")

    def check_distance(self, certificate, found):
        """That no error is below its bound: neither the one it says nor the one found here."""
        error, noise = found
        says = float(certificate["maximumError" if self.problem.is_maximum else "meanSquaredError"])
        share = SHARE["exhaustive"] if self.table.format == "int8" else QUADRATURE
        for name in ("bound", "freeBound"):
            value = float(certificate[name]["value"])
            holds = says >= value * (1 - ROUNDING) and error + noise >= value * (1 - share)
            self.check(holds, f"{name}: the table's ratio is {error / value if value else np.inf:.6f}")


def verify(path, tell=print):
    """Tells what holds and what does not; returns how much does not."""
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        if document["schema"] not in SCHEMAS:
            raise ValueError(f"its schema is {document['schema']}")
        verification = Verification(document, tell)
        verification.run()
    except (OSError, KeyError, TypeError, ValueError, IndexError, AttributeError, AssertionError,
            ArithmeticError, RecursionError) as error:
        tell(f"WRONG: {path} is no valid document of `nnlut table fit --output json`: "
             f"{type(error).__name__} {error}")
        return 1
    return verification.wrong
