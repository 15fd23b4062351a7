#!/usr/bin/env python3
"""Scores a sentence encoder the plain way, with Hugging Face `transformers`, to compare with nnlut.

Usage: reference_retrieval.py MODEL [--retrieval BEIR_FOLDER] [--similarity STS_FOLDER]
                              [--splits dev test] [--batch 64]

MODEL is a Hugging Face directory. Embeddings: float32, truncation at max_seq_length of
sentence_bert_config.json, mean over the tokens that are not padding, length 1. Prints JSON: MRR@10,
nDCG@10, Recall@1 and Recall@10 of a BEIR folder (ties in corpus order), Spearman and Pearson of
<split>.csv or stsb-en-<split>.csv. Needs torch, transformers, numpy and scipy
(scripts/requirements-fixtures.txt); it shares no code with nnlut.
"""

import argparse
import csv
import json
import math
import pathlib

import numpy
import torch
from scipy import stats
from transformers import AutoModel, AutoTokenizer


class Encoder:
    def __init__(self, folder, batch):
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
        self.batch = batch
        settings = folder / "sentence_bert_config.json"
        limit = self.model.config.max_position_embeddings
        self.limit = json.loads(settings.read_text())["max_seq_length"] if settings.exists() else limit

    def __call__(self, texts):
        """One row of length 1 per text."""
        unique = list(dict.fromkeys(texts))
        order = sorted(range(len(unique)), key=lambda index: len(unique[index]))
        rows = [None] * len(unique)
        with torch.inference_mode():
            for start in range(0, len(order), self.batch):
                part = order[start : start + self.batch]
                inputs = self.tokenizer([unique[i] for i in part], padding=True, truncation=True,
                                        max_length=self.limit, return_tensors="pt")
                hidden = self.model(**inputs).last_hidden_state
                mask = inputs["attention_mask"].unsqueeze(-1).float()
                pooled = (hidden * mask).sum(1) / mask.sum(1)
                pooled = torch.nn.functional.normalize(pooled, dim=1).numpy()
                for index, row in zip(part, pooled):
                    rows[index] = row
        where = {text: index for index, text in enumerate(unique)}
        return numpy.stack([rows[where[text]] for text in texts])


def read_jsonl(path):
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def retrieval(encode, folder, splits):
    corpus = read_jsonl(folder / "corpus.jsonl")
    documents = encode([(d.get("title", "") + " " + d["text"]).strip() for d in corpus])
    place = {d["_id"]: index for index, d in enumerate(corpus)}
    queries = {q["_id"]: q["text"] for q in read_jsonl(folder / "queries.jsonl")}
    result = {}
    for split in splits:
        relevant = {}
        for line in (folder / "qrels" / f"{split}.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            query, doc, score = line.split("\t")
            if int(score) > 0:
                relevant.setdefault(query, {})[place[doc]] = int(score)
        scores = encode([queries[query] for query in relevant]) @ documents.T
        sums = {"mrr@10": 0.0, "ndcg@10": 0.0, "recall@1": 0.0, "recall@10": 0.0}
        for row, grades in zip(scores, relevant.values()):
            top = numpy.argsort(-row, kind="stable")[:10]
            gains = [grades.get(int(doc), 0) for doc in top]
            ideal = sorted(grades.values(), reverse=True)[:10]
            discounted = lambda gs: sum(g / math.log2(rank + 2) for rank, g in enumerate(gs))
            sums["mrr@10"] += next((1 / (rank + 1) for rank, gain in enumerate(gains) if gain), 0)
            sums["ndcg@10"] += discounted(gains) / discounted(ideal)
            sums["recall@1"] += (gains[0] > 0) / len(grades)
            sums["recall@10"] += sum(gain > 0 for gain in gains) / len(grades)
        result[split] = {"queries": len(relevant), **{k: round(v / len(relevant), 5) for k, v in sums.items()}}
    return result


def similarity(encode, folder, splits):
    result = {}
    for split in splits:
        names = [f"{split}.csv", f"stsb-en-{split}.csv"]
        file = next(folder / name for name in names if (folder / name).exists())
        with file.open(encoding="utf-8", newline="") as lines:
            rows = [row for row in csv.reader(lines) if row]
        first, second = encode([r[0] for r in rows]), encode([r[1] for r in rows])
        cosines, scores = (first * second).sum(1), [float(r[2]) for r in rows]
        result[split] = {"pairs": len(rows), "spearman": round(float(stats.spearmanr(cosines, scores)[0]), 5),
                         "pearson": round(float(stats.pearsonr(cosines, scores)[0]), 5)}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--retrieval", type=pathlib.Path)
    parser.add_argument("--similarity", type=pathlib.Path)
    parser.add_argument("--splits", nargs="+", default=["dev", "test"])
    parser.add_argument("--batch", type=int, default=64)
    options = parser.parse_args()
    encode = Encoder(options.model, options.batch)
    report = {"model": str(options.model)}
    if options.retrieval:
        report["retrieval"] = retrieval(encode, options.retrieval, options.splits)
    if options.similarity:
        report["similarity"] = similarity(encode, options.similarity, options.splits)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
