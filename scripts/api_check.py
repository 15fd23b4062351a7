#!/usr/bin/env python3
"""Holds a coordinator against its own description (make api-check).

Starts a private stack without workers on loopback, gives it a job and a token of each role, and
lets schemathesis (PyPI) try what /v1/openapi.json promises: valid, invalid and hostile requests.
Fails on any mismatch and on any 5xx. The seed is fixed; all of it takes less than five minutes.

    scripts/api_check.py BINARY SCHEMATHESIS
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
JOB = """
apiVersion: nnlut/v1
kind: CalibrationJob
metadata: {name: api-check}
model: {source: "file:/models/none"}
calibration: {data: {source: "file:/data/none.txt"}, samples: 8}
evaluation:
  - {kind: similarity, data: {source: "file:/data/none/"}, metric: spearman}
variants: [{approximator: nn-lut, entries: 4}]
"""


def run(binary: str, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [binary, *arguments], env={**os.environ, **environment}, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def submit(endpoint: str, token: str) -> None:
    request = urllib.request.Request(
        endpoint + "/v1/jobs",
        data=JOB.encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/yaml"},
    )
    urllib.request.urlopen(request).close()


def main(binary: str, schemathesis: str) -> None:
    # It runs in another folder, below.
    schemathesis = str(pathlib.Path(schemathesis).absolute())
    state = pathlib.Path(tempfile.mkdtemp(prefix="nnlut-api-check-"))
    os.chmod(state, 0o755)
    # Far more requests than any one client makes.
    environment = {"NNLUT_STATE_DIR": str(state), "NNLUT_COORDINATOR_RATE": "1000000"}
    run(binary, "up", "--workers", "0", **environment)
    failed = []
    try:
        local = json.loads((state / "endpoint.json").read_text())
        endpoint, admin = local["endpoint"], local["token"]
        submit(endpoint, admin)
        socket = (state / "postgres" / "postmaster.pid").read_text().splitlines()[4]
        database = f"postgresql:///nnlut?host={urllib.parse.quote(socket, safe='')}&user=nnlut"
        tokens = {"admin": admin}
        for role in ("submit", "work", "read"):
            tokens[role] = run(
                binary, "token", "create", role, "--role", role, DATABASE_URL=database
            ).strip()
        # Everything; then the routes of a job that is there; then what each role is told.
        rounds = [
            ("all", admin, ["--phases", "examples,coverage,fuzzing", "--max-time", "120"]),
            ("job", admin, ["--include-path-regex", "^/v1/jobs/", "--max-examples", "10",
                            "--exclude-checks", "negative_data_rejection",
                            "--phases", "fuzzing", "--max-time", "30"]),
        ] + [
            (role, tokens[role], ["--phases", "coverage,fuzzing", "--max-examples", "3",
                                  "--max-time", "30"])
            for role in ("submit", "work", "read")
        ]
        for name, token, options in rounds:
            configuration = (ROOT / "scripts" / "schemathesis.toml").read_text()
            if name == "job":
                configuration += '\n[parameters]\njob = "api-check"\n'
            (state / "schemathesis.toml").write_text(configuration)
            print(f"== {name}", flush=True)
            done = subprocess.run(
                [
                    schemathesis, "--config-file", str(state / "schemathesis.toml"), "run",
                    endpoint + "/v1/openapi.json", "--seed", "1",
                    "--no-color", "-H", f"Authorization: Bearer {token}", *options,
                ],
                cwd=state,
            )
            if done.returncode:
                failed.append(name)
    finally:
        log = (state / "logs" / "coordinator.log").read_text(errors="replace").splitlines()
        for line in [line for line in log if " error coordinator: " in line][:20]:
            print(line[:1000])
        run(binary, "down", "--purge", **environment)
    if failed:
        sys.exit(f"api-check: mismatches in {', '.join(failed)}")
    print("api-check: no mismatch, no 5xx")


if __name__ == "__main__":
    main(*sys.argv[1:3])
