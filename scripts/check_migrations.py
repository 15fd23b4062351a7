#!/usr/bin/env python3
"""Fails when a migration is not the one that was released (migrations/CHECKSUMS).

    python3 scripts/check_migrations.py            check
    python3 scripts/check_migrations.py --release  add the checksums of new migrations
"""

import hashlib
import pathlib
import re
import sys

folder = pathlib.Path(__file__).resolve().parent.parent / "migrations"
listing = folder / "CHECKSUMS"


def main() -> None:
    released = dict(
        reversed(line.split()) for line in listing.read_text().splitlines() if line.strip()
    )
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.glob("*.sql"))
    }
    problems = []
    for number, name in enumerate(found, 1):
        if not re.fullmatch(rf"M{number:04}_[a-z0-9_]+\.sql", name):
            problems.append(f"migrations/{name}: expected the name M{number:04}_what_it_does.sql")
    for name, checksum in released.items():
        if name not in found:
            problems.append(f"migrations/{name}: was released and must stay")
        elif found[name] != checksum:
            problems.append(f"migrations/{name}: was released and must not change; write a new one")
    new = [name for name in found if name not in released]
    if "--release" in sys.argv[1:] and not problems:
        with listing.open("a") as file:
            file.writelines(f"{found[name]}  {name}\n" for name in new)
    elif new:
        problems.append(
            f"not in migrations/CHECKSUMS: {', '.join(new)}; run scripts/check_migrations.py --release"
        )
    if problems:
        sys.exit("\n".join(problems))
    print(f"migrations: {len(found)}, none changed after its release")


if __name__ == "__main__":
    main()
