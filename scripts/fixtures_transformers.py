#!/usr/bin/env python3
"""Computes reference numbers with Hugging Face transformers and writes them as test fixtures.

    python3 -m venv VENV && VENV/bin/pip install -r scripts/requirements-fixtures.txt
    VENV/bin/python scripts/fixtures_transformers.py [--minilm .cache/models/all-MiniLM-L6-v2]
                                                     [--sst2 ../shared/data]

Writes Tests/TransformersTests/Fixtures/random-bert.json (hidden states of token sequences of 1 to
the maximum length, each run alone so that nothing is padded, and embeddings of texts),
families.json (hidden states and the head's outputs of a small model of each family), heads.json
(what their heads say of texts) and, if the real models are there, minilm.json (embeddings of
texts) and sst2.json (labels of the first test sentences). Float32, eager attention.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import fixture_families
import fixture_heads
import torch
import transformers
from transformers import AutoModel, AutoTokenizer

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "Tests" / "TransformersTests" / "Fixtures"
SEED = 7
LENGTHS = [1, 2, 3, 5, 8, 13, 21, 34, 64]

TEXTS = [
    "",
    "a dog",
    "The quick green bird eats small red fish.",
    "water, stone & light!",
    "Words like running, walker or slowness are cut into pieces",
    "there is no animal that would not eat when it is very hungry and the food is warm " * 4,
]

MINILM_TEXTS = [
    "",
    "a domesticated carnivorous mammal",
    "an instrument for measuring the pressure of the atmosphere",
    "The man is playing the guitar on a stage.",
    "having or showing a tendency to move from place to place, often across national borders",
    "It is a long sentence that goes on and on about one thing and another. " * 30,
]


def load(directory):
    model = AutoModel.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager", local_files_only=True
    )
    return model.eval()


def hidden_states(model, tokens):
    with torch.no_grad():
        return model(input_ids=torch.tensor([tokens])).last_hidden_state[0]


def embeddings(directory, model, texts):
    tokenizer = AutoTokenizer.from_pretrained(directory, local_files_only=True)
    limit = json.loads((directory / "sentence_bert_config.json").read_text())["max_seq_length"]
    for text in texts:
        tokens = tokenizer(text, truncation=True, max_length=limit)["input_ids"]
        mean = hidden_states(model, tokens).mean(dim=0)
        yield {"text": text, "tokens": tokens, "embedding": numbers(mean / mean.norm())}


def numbers(tensor):
    """Nine digits hold a float32 exactly."""
    return [float(f"{value:.9g}") for value in tensor.flatten().tolist()]


def write(name, fixture):
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    FIXTURES.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"madeWith": versions} | fixture, separators=(",", ":"), sort_keys=True)
    (FIXTURES / name).write_text(text + "\n")
    print(f"{name}: {len(text)} bytes")


def random_bert():
    with tempfile.TemporaryDirectory() as folder:
        directory = pathlib.Path(folder)
        script = ROOT / "scripts" / "random_bert.py"
        subprocess.run([sys.executable, script, directory, "--seed", str(SEED)], check=True)
        model = load(directory)
        draw = random.Random(SEED)
        sequences = []
        for length in LENGTHS:
            tokens = [draw.randrange(model.config.vocab_size) for _ in range(length)]
            states = hidden_states(model, tokens)
            sequences.append({"tokens": tokens, "hidden": numbers(states)})
        texts = list(embeddings(directory, model, TEXTS))
        write("random-bert.json", {"seed": SEED, "sequences": sequences, "texts": texts})


def minilm(directory):
    texts = list(embeddings(directory, load(directory), MINILM_TEXTS))
    write("minilm.json", {"texts": texts})


def families():
    cases = [fixture_families.case(*arguments) for arguments in fixture_families.CASES]
    write("families.json", {"cases": cases})
    write("heads.json", fixture_heads.fixture())


def sst2(directory):
    """What the fine-tuned MiniLM says of the first 200 test sentences, cut at 96 tokens."""
    folder = directory / "models" / "minilm-l6-sst2"
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", local_files_only=True
    ).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    lines = (directory / "sst2" / "stsa.binary.test").read_text().splitlines()[:200]
    logits = []
    for line in lines:
        batch = tokenizer(line[2:], truncation=True, max_length=96, return_tensors="pt")
        with torch.no_grad():
            logits.append(model(**batch).logits[0])
    labels = "".join(str(int(row.argmax())) for row in logits)
    write("sst2.json", {"labels": labels, "logits": [numbers(row) for row in logits[:40]]})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--minilm", type=pathlib.Path, default=ROOT / ".cache" / "models" / "all-MiniLM-L6-v2"
    )
    parser.add_argument("--sst2", type=pathlib.Path, default=ROOT.parent / "shared" / "data")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    random_bert()
    families()
    if arguments.minilm.is_dir():
        minilm(arguments.minilm)
    else:
        print(f"{arguments.minilm} is not there: minilm.json stays as it is")
    if (arguments.sst2 / "models" / "minilm-l6-sst2").is_dir():
        sst2(arguments.sst2)
    else:
        print(f"{arguments.sst2} has no minilm-l6-sst2: sst2.json stays as it is")


if __name__ == "__main__":
    main()
