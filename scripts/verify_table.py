#!/usr/bin/env python3
"""Checks a table and its certificate with numpy and scipy alone; shares no code with nnlut.

    nnlut table fit --function gelu --domain -4:4 --entries 8 --output json -o gelu.json
    python3 scripts/verify_table.py gelu.json …

Rechecks the table's arithmetic (its probes, bit for bit), the largest and the mean squared error of
the finished table on the true function, both bounds from their witnesses (alternation triples, paths
through the positions, the programme over cells, the exact programme of int8), and that no error is
below its bound and no bound under constraints below the free one. Prints what holds; exits with 1 and
says so if anything does not.
"""

import sys

import numpy as np

from verify_table.document import verify


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    np.seterr(over="ignore", invalid="ignore", under="ignore")
    wrong = 0
    for path in sys.argv[1:]:
        if len(sys.argv) > 2:
            print(path)
        wrong += verify(path)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
