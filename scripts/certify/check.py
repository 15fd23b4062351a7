#!/usr/bin/env python3
"""`make certify`, second half: holds every document of some folders against programmes that share no code
with nnlut: the verifier of a table (scripts/verify_table) and tables that are as good as can be found here.

    python3 scripts/certify/check.py DIR… [--sample K --seed S] [--workers N] [--optimum-seconds T]

Prints a line for each failure and a summary; exits with 1 if there is a failure.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import sys
import time
import traceback

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402

from certify import optimum  # noqa: E402
from verify_table.document import verify  # noqa: E402


def checked(path, seconds):
    """What is wrong with a document, and its figures."""
    np.seterr(all="ignore")
    told, row = [], {"path": path, "wrong": [], "below": [], "beaten": []}
    began = time.monotonic()
    try:
        verify(path, told.append)
        said = [line[7:] for line in told if line.startswith("WRONG: ")]
        row["below"] = [s for s in said if "the table's ratio is" in s]
        row["wrong"] = [s for s in said if s not in row["below"]]
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        certificate = document.get("certificate")
        row["key"] = (document["request"]["objective"], document["table"]["format"])
        if certificate is not None:
            is_maximum = row["key"][0].endswith("max")
            error = float(certificate["maximumError" if is_maximum else "meanSquaredError"])
            bound = float(certificate["bound"]["value"])
            row["ratio"] = error / bound if bound > 0 else None
        row["verified"] = time.monotonic() - began
        # int8's bounds speak of int8 lines: their programme is exact.
        if certificate is not None and seconds > 0 and row["key"][1] != "int8":
            for name, value, least, loses in optimum.beaten(document, seconds):
                if loses:
                    row["beaten"].append(f"{name} {value:.9g}: a table with an error of {least:.9g} beats it")
                if name == "bound" and np.isfinite(least) and least > 0:
                    row["tightness"] = value / least
    except Exception as error:  # One document's trouble is not the others'.
        place = traceback.extract_tb(error.__traceback__)[-1]
        row["wrong"].append(f"{type(error).__name__} {error} ({pathlib.Path(place.filename).name}:{place.lineno})")
    row["seconds"] = time.monotonic() - began
    return row


def summary(rows, seconds):
    names = ("wrong", "beaten", "below")
    counts = {name: sum(bool(row[name]) for row in rows) for name in names}
    print(f"{len(rows)} cases in {seconds:.0f} s: {counts['wrong']} wrong, {counts['beaten']} beaten, "
          f"{counts['below']} errors below their bound; slowest {max(rows, key=lambda r: r['seconds'])['seconds']:.1f} s, "
          f"slowest verified {max(r.get('verified', 0) for r in rows):.1f} s")
    groups = collections.defaultdict(list)
    for row in rows:
        if "key" in row:
            groups[row["key"]].append(row)
    for key, group in sorted(groups.items()):
        ratios = [(row["ratio"], row["path"]) for row in group if row.get("ratio")]
        unproven = sum(row.get("ratio", 0) is None for row in group)
        tight = [(row["tightness"], row["path"]) for row in group if "tightness" in row]
        text = f"{key[0]} {key[1]}: {len(group)} cases"
        if unproven:
            text += f", {unproven} of bound 0"
        if ratios:
            text += f", error/bound median {np.median([r for r, _ in ratios]):.4f}, worst {max(ratios)[0]:.4f} ({pathlib.Path(max(ratios)[1]).name})"
        if tight:
            text += f"; bound/best found median {np.median([r for r, _ in tight]):.4f}, least {min(tight)[0]:.4f} ({pathlib.Path(min(tight)[1]).name})"
        print(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="DIR")
    parser.add_argument("--sample", type=int, help="only so many, chosen by the seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--optimum-seconds", type=float, default=1.0, help="for each bound; 0: only verify")
    options = parser.parse_args()
    paths = sorted(str(p) for folder in options.folders for p in pathlib.Path(folder).glob("*.json"))
    if options.sample is not None and options.sample < len(paths):
        paths = sorted(random.Random(options.seed).sample(paths, options.sample))
    if not paths:
        sys.exit("there are no documents")
    began, rows = time.monotonic(), []
    with concurrent.futures.ProcessPoolExecutor(options.workers) as pool:
        jobs = [pool.submit(checked, path, options.optimum_seconds) for path in paths]
        for path, job in zip(paths, jobs):
            try:
                row = job.result()
            except concurrent.futures.process.BrokenProcessPool:
                row = {"path": path, "wrong": ["the process ended"], "below": [], "beaten": [], "seconds": 0.0}
            rows.append(row)
            for what in ("wrong", "beaten", "below"):
                if row[what]:
                    print(f"{pathlib.Path(path).name}: {what}: {'; '.join(row[what])}", flush=True)
    summary(rows, time.monotonic() - began)
    sys.exit(1 if any(row["wrong"] or row["beaten"] or row["below"] for row in rows) else 0)


if __name__ == "__main__":
    main()
