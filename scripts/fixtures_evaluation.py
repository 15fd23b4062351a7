#!/usr/bin/env python3
"""Writes what Evaluation's tests compare with: small data sets, embeddings drawn with fixed seeds,
and the metrics that pytrec_eval, scipy and scikit-learn give.

Usage: fixtures_evaluation.py        (needs the packages of scripts/requirements-fixtures.txt)

The intervals of the paired bootstrap are computed here once more, with the same generator
(SplitMix64) but with scipy's, scikit-learn's and NumPy's own statistics on the resampled items.
"""

import csv
import json
import pathlib
import warnings

import numpy
import pytrec_eval
from scipy import stats
from sklearn import metrics

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests/EvaluationTests/Fixtures"
RESAMPLES, SEED = 200, 42
MASK = (1 << 64) - 1


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, bound):
        threshold = (1 << 64) % bound
        while True:
            product = self.next() * bound
            if product & MASK >= threshold:
                return product >> 64


def interval(items, statistic):
    """The 95 % percentile interval of statistic(indices of the items drawn)."""
    generator = SplitMix64(SEED)
    values = []
    for _ in range(RESAMPLES):
        values.append(statistic([generator.below(items) for _ in range(items)]))
    return [float(v) for v in numpy.percentile(values, [2.5, 97.5])]


def difference(items, statistic, flips):
    lower, upper = interval(items, statistic)
    return {"difference": float(statistic(list(range(items)))), "lower": lower, "upper": upper,
            "flips": int(flips), "items": items}


def rows(random, texts, columns):
    """text → embedding, float32, not normalised."""
    return {text: [float(v) for v in random.normal(size=columns).astype(numpy.float32)] for text in texts}


def unit(matrix):
    matrix = numpy.array(matrix, dtype=numpy.float64)
    return matrix / numpy.linalg.norm(matrix, axis=1, keepdims=True)


def perturbed(random, embeddings, size):
    return {text: [float(v) for v in (numpy.array(row) + size * random.normal(size=len(row))).astype(numpy.float32)]
            for text, row in embeddings.items()}


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


def retrieval():
    random = numpy.random.default_rng(1)
    folder = FIXTURES / "retrieval"
    corpus = [{"_id": f"d{i:03}", "title": f"Title {i}" if i % 3 == 0 else "", "text": f"document {i}"} for i in range(120)]
    corpus[7]["_id"] = "q04"  # BEIR drops a document that bears the query's id
    queries = [{"_id": f"q{i:02}", "text": f"query {i}"} for i in range(40)]
    text_of = lambda d: (d["title"] + " " + d["text"]).strip()
    embeddings = rows(random, [text_of(d) for d in corpus] + [q["text"] for q in queries], 6)
    qrels = {"dev": {}, "test": {}}
    for number, query in enumerate(queries):
        judged = random.choice(len(corpus), size=int(random.integers(1, 8)), replace=False)
        grades = random.integers(0, 4, size=len(judged))
        if number == 11:
            grades[:] = 0  # nothing relevant
        split = qrels["dev" if number < 10 else "test"]
        split[query["_id"]] = {corpus[d]["_id"]: int(g) for d, g in zip(judged, grades)}
        for d, g in zip(judged, grades):  # pull towards relevant documents, so that metrics are not all 0
            base = numpy.array(embeddings[text_of(corpus[d])])
            embeddings[query["text"]] = [float(v) for v in (numpy.array(embeddings[query["text"]]) + 0.5 * g * base).astype(numpy.float32)]
    variant = perturbed(random, embeddings, 0.25)
    folder.joinpath("qrels").mkdir(parents=True, exist_ok=True)
    for name, records in [("corpus", corpus), ("queries", queries)]:
        folder.joinpath(f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records))
    for split, judged in qrels.items():
        lines = ["query-id\tcorpus-id\tscore"] + [f"{q}\t{d}\t{g}" for q, ds in judged.items() for d, g in ds.items()]
        folder.joinpath("qrels", f"{split}.tsv").write_text("\n".join(lines) + "\n")

    def evaluate(embeddings, judged):
        documents = unit([embeddings[text_of(d)] for d in corpus])
        run = {}
        for query in judged:
            row = unit([embeddings[f"query {int(query[1:])}"]])[0]
            run[query] = {d["_id"]: float(s) for d, s in zip(corpus, documents @ row) if d["_id"] != query}
        measured = pytrec_eval.RelevanceEvaluator(judged, {"ndcg_cut.10", "recall.1,10,100"}).evaluate(run)
        top10 = {q: dict(sorted(ds.items(), key=lambda e: -e[1])[:10]) for q, ds in run.items()}
        ranks = pytrec_eval.RelevanceEvaluator(judged, {"recip_rank"}).evaluate(top10)
        names = {"ndcg@10": "ndcg_cut_10", "recall@1": "recall_1", "recall@10": "recall_10", "recall@100": "recall_100"}
        per_query = {q: {**{n: m[t] for n, t in names.items()}, "mrr@10": ranks[q]["recip_rank"]} for q, m in measured.items()}
        first = {q: max(ds, key=ds.get) for q, ds in run.items()}
        return per_query, first

    expected = {}
    for split, judged in qrels.items():
        order = [q["_id"] for q in queries if q["_id"] in judged]
        base, base_top = evaluate(embeddings, judged)
        other, other_top = evaluate(variant, judged)
        names = list(base[order[0]])
        flips = sum(base_top[q] != other_top[q] for q in order)
        expected[split] = {
            "metrics": {n: float(numpy.mean([base[q][n] for q in order])) for n in names},
            "differences": {n: difference(len(order), lambda drawn: numpy.mean([other[order[i]][n] - base[order[i]][n] for i in drawn]), flips) for n in names}}
    write(FIXTURES / "retrieval.json", {"embeddings": embeddings, "variant": variant, "expected": expected})


def similarity():
    random = numpy.random.default_rng(2)
    folder = FIXTURES / "similarity"
    folder.mkdir(parents=True, exist_ok=True)
    sentences = [f"sentence number {i}" for i in range(50)] + ['He said "no", twice', "commas, here, and there", "caf\u00e9 \u65e5\u672c"]
    embeddings = rows(random, sentences, 5)
    variant = perturbed(random, embeddings, 0.3)
    expected = {}
    for split, count in [("dev", 30), ("test", 60)]:
        pairs = [tuple(map(str, random.choice(sentences, size=2, replace=False))) for _ in range(count)]
        cosine = lambda e: [float((unit([e[a]]) * unit([e[b]])).sum()) for a, b in pairs]
        base, other = cosine(embeddings), cosine(variant)
        scores = [round(float(min(5, max(0, 2.5 + 2.5 * c + random.normal()))) * 5) / 5 for c in base]
        name = f"stsb-en-{split}.csv" if split == "dev" else f"{split}.csv"
        with folder.joinpath(name).open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([a, b, s] for (a, b), s in zip(pairs, scores))
        both = {"spearman": stats.spearmanr, "pearson": stats.pearsonr}
        bins = lambda c: numpy.floor(numpy.clip(5 * numpy.array(c), 0, 5) + 0.5)
        flips = (bins(base) != bins(other)).sum()
        pick = lambda values, drawn: [values[i] for i in drawn]
        expected[split] = {
            "metrics": {n: float(f(base, scores)[0]) for n, f in both.items()},
            "differences": {n: difference(count, lambda drawn: f(pick(other, drawn), pick(scores, drawn))[0] - f(pick(base, drawn), pick(scores, drawn))[0], flips) for n, f in both.items()}}
    write(FIXTURES / "similarity.json", {"embeddings": embeddings, "variant": variant, "expected": expected})


def classification(name, labels, single_row):
    random = numpy.random.default_rng(3)
    folder = FIXTURES / name
    folder.mkdir(parents=True, exist_ok=True)
    columns, count = 7, 80
    sentences = [f"{name} text {i}" for i in range(count)]
    embeddings = rows(random, sentences, columns)
    variant = perturbed(random, embeddings, 0.4)
    weight = random.normal(size=(1 if single_row else len(labels), columns)).round(4)
    bias = random.normal(scale=0.1, size=len(weight)).round(4)
    head = {"labels": labels, "normalize": True, "weight": weight.tolist(), "bias": bias.tolist()}
    write(folder / "head.json", head)

    def classes(embeddings):
        logits = unit([embeddings[s] for s in sentences]) @ weight.T + bias
        return (logits[:, 0] > 0).astype(int) if single_row else logits.argmax(axis=1)

    base, other = classes(embeddings), classes(variant)
    truth = numpy.where(random.random(count) < 0.25, random.integers(0, len(labels), count), base)
    if single_row:
        folder.joinpath("stsa.binary.test").write_text("".join(f"{t} {s}\n" for t, s in zip(truth, sentences)))
    else:
        folder.joinpath("test.tsv").write_text("".join(f"{labels[t]}\t{s}\n" for t, s in zip(truth, sentences)))
    average = {"average": "binary"} if len(labels) == 2 else {"average": "macro"}
    both = {"accuracy": metrics.accuracy_score, "f1": lambda t, p: metrics.f1_score(t, p, zero_division=0, **average)}
    expected = {"test": {
        "metrics": {n: float(f(truth, base)) for n, f in both.items()},
        "differences": {n: difference(count, lambda drawn: f(truth[drawn], other[drawn]) - f(truth[drawn], base[drawn]), (base != other).sum()) for n, f in both.items()}}}
    write(FIXTURES / f"{name}.json", {"embeddings": embeddings, "variant": variant, "expected": expected})


if __name__ == "__main__":
    warnings.simplefilter("error")
    retrieval()
    similarity()
    classification("two-classes", ["negative", "positive"], single_row=True)
    classification("four-classes", ["north", "east", "south", "west"], single_row=False)
