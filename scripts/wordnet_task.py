#!/usr/bin/env python3
"""Makes the demonstration data from WordNet: reverse-dictionary retrieval.

Usage: wordnet_task.py OUT [--seed 1] [--wordnet /usr/share/wordnet]

Needs Debian's package wordnet-base and nothing but Python's standard library. Writes to the folder
OUT, with the same bytes for the same seed and the same WordNet:

  corpus.jsonl      4000 documents, each a lemma ("magnifying glass"); the id is "lemma-" and the
                    lemma with underscores
  queries.jsonl     3000 queries, each the definition of one synset; the id is "gloss-", the part of
                    speech and the synset's offset in WordNet
  qrels/dev.tsv     1000 of the queries with their relevant lemmas, score 1
  qrels/test.tsv    2000 of them
  calibration.txt   4000 definitions that are in neither split, one a line

How the data is chosen:

1. A synset is a candidate when it is a noun, verb or adjective; it is the first sense (the most
   frequent meaning) of the lemma that WordNet lists first in it; its definition (the gloss up to the
   first "; ", without quoted examples and without a leading usage note in parentheses) has at least
   four words; and none of its lemmas stands in the definition, word by word.
2. Candidates are put into an order drawn with the seed (from SHA-256 of seed, part of speech and
   offset, so that no version of Python's random module matters). Those with the same definition as
   an earlier one are dropped.
3. The first 3000 are the queries: the first 2000 are test, the other 1000 dev. Each puts one of its
   lemmas into the corpus: the one that WordNet lists first.
4. The corpus is filled up to 4000 with the first lemmas of the candidates that follow, as
   distractors. It is sorted by id, so that its order says nothing.
5. Relevant to a query are all lemmas of its synset that are in the corpus.
6. Calibration text comes from the candidates after those; none of its definitions is a query's.

With all-MiniLM-L6-v2 (scripts/reference_retrieval.py) seed 1 gives MRR@10 0.4192 and
Recall@1 0.3468 on test, 0.4126 and 0.3495 on dev.
"""

import argparse
import hashlib
import json
import pathlib
import re
import sys

PARTS = ["noun", "verb", "adj"]
TEST, DEV, CORPUS, CALIBRATION = 2000, 1000, 4000, 4000


def definition_of(gloss):
    """The gloss without examples and without a leading note such as "(botany)"."""
    text = re.split(r';\s|;$|\s*"', gloss.strip(), maxsplit=1)[0]
    return re.sub(r"^\([^)]*\)\s*", "", text).strip(" :;")


def words_of(text):
    return re.findall(r"[a-z]+", text.lower())


def synsets(folder):
    """(part of speech, offset, lemmas, definition) of every synset, in the order of the files."""
    for part in PARTS:
        file = folder / f"data.{part}"
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
            if not line or line.startswith("  "):
                continue  # the licence at the top
            data, bar, gloss = line.partition(" | ")
            fields = data.split(" ")
            if not bar or len(fields) < 6:
                sys.exit(f"{file}:{number}: no synset; reinstall wordnet-base")
            count = int(fields[3], 16)
            # Adjectives carry their position in parentheses: "galore(ip)".
            lemmas = [re.sub(r"\([a-z]+\)$", "", word).lower() for word in fields[4 : 4 + 2 * count : 2]]
            yield part, fields[0], list(dict.fromkeys(lemmas)), definition_of(gloss)


def first_senses(folder):
    """(part of speech, lemma, offset) of every lemma's first sense."""
    senses = set()
    for part in PARTS:
        for line in (folder / f"index.{part}").read_text(encoding="utf-8").split("\n"):
            if line and not line.startswith("  "):
                fields = line.split()
                senses.add((part, fields[0], fields[4 + int(fields[3]) + 2]))
    return senses


def is_candidate(lemmas, definition):
    words = words_of(definition)
    text = f" {' '.join(words)} "
    return len(words) >= 4 and not any(f" {' '.join(words_of(lemma))} " in text for lemma in lemmas)


def select(folder, seed):
    """Candidates in drawn order, each definition once."""
    def key(synset):
        return hashlib.sha256(f"{seed} {synset[0]} {synset[1]}".encode()).digest()

    first = first_senses(folder)
    candidates = [(part, offset, lemmas, definition)
                  for part, offset, lemmas, definition in synsets(folder)
                  if (part, lemmas[0], offset) in first and is_candidate(lemmas, definition)]
    seen, result = set(), []
    for synset in sorted(candidates, key=key):
        if synset[3] not in seen:
            seen.add(synset[3])
            result.append(synset)
    return result


def write_lines(path, lines):
    path.write_bytes("".join(line + "\n" for line in lines).encode("utf-8"))


def document(identifier, text, **more):
    return json.dumps({"_id": identifier, **more, "text": text}, ensure_ascii=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wordnet", type=pathlib.Path, default=pathlib.Path("/usr/share/wordnet"))
    options = parser.parse_args()
    files = [options.wordnet / f"{kind}.{part}" for kind in ["data", "index"] for part in PARTS]
    missing = [file for file in files if not file.is_file()]
    if missing:
        sys.exit(f"{missing[0]} is missing: apt-get install wordnet-base, "
                 "or name WordNet's folder with --wordnet")

    chosen = select(options.wordnet, options.seed)
    queries = chosen[: TEST + DEV]
    corpus, used = set(), 0
    for used, synset in enumerate(chosen, 1):
        corpus.add(synset[2][0])
        if used >= len(queries) and len(corpus) >= CORPUS:
            break
    calibration = [synset[3] for synset in chosen[used : used + CALIBRATION]]
    if len(corpus) < CORPUS or len(calibration) < CALIBRATION:
        sys.exit(f"{options.wordnet}: too few synsets; is this WordNet 3.0 or later?")

    (options.out / "qrels").mkdir(parents=True, exist_ok=True)
    write_lines(options.out / "corpus.jsonl",
                [document(f"lemma-{lemma}", lemma.replace("_", " "), title="") for lemma in sorted(corpus)])
    write_lines(options.out / "queries.jsonl",
                [document(f"gloss-{part}-{offset}", text) for part, offset, _, text in queries])
    for split, part_of_queries in [("test", queries[:TEST]), ("dev", queries[TEST:])]:
        lines = ["query-id\tcorpus-id\tscore"]
        for part, offset, lemmas, _ in part_of_queries:
            lines += [f"gloss-{part}-{offset}\tlemma-{lemma}\t1" for lemma in lemmas if lemma in corpus]
        write_lines(options.out / "qrels" / f"{split}.tsv", lines)
    write_lines(options.out / "calibration.txt", calibration)
    print(f"{options.out}: {len(corpus)} lemmas, {TEST} test and {DEV} dev queries, "
          f"{len(calibration)} lines of calibration text")


if __name__ == "__main__":
    main()
