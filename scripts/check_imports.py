#!/usr/bin/env python3
"""Fails on an import that runs upward against the module order (docs/modules.md).

The order is the order of the targets in Package.swift: a module may import only modules above it.
"""

import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
manifest = (root / "Package.swift").read_text()
pattern = r'(?:module|\.target|\.systemLibrary|\.executableTarget)\(\s*(?:name:\s*)?"([^"]+)"'
order = [name for name in re.findall(pattern, manifest) if (root / "Sources" / name).is_dir()]
rank = {name: index for index, name in enumerate(order)}
pure = {"LookupTables", "Approximation", "ActivationStatistics"}

problems = []
for name in order:
    for file in sorted((root / "Sources" / name).rglob("*.swift")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            match = re.match(r"\s*(?:@\w+\s+|public |internal |private )*import (?:\w+ )?(\w+)", line)
            if not match:
                continue
            imported = match.group(1)
            place = f"{file.relative_to(root)}:{number}"
            if imported in rank and rank[imported] >= rank[name]:
                problems.append(f"{place}: {name} must not import {imported}, which is not above it")
            if name in pure and imported not in rank:
                problems.append(f"{place}: {name} is pure and must not import {imported}")
            if name == "Coordinator" and imported == "Transformers":
                problems.append(f"{place}: the coordinator never loads weights")
            if name == "CoordinatorClient" and imported == "Coordinator":
                problems.append(f"{place}: the client must not know the server")
if problems:
    sys.exit("\n".join(problems))
print(f"imports: {len(order)} modules, none runs upward")
