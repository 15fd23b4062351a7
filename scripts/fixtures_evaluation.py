#!/usr/bin/env python3
"""Writes what Evaluation's tests compare with: small data sets, outputs drawn with fixed seeds, and
the metrics that pytrec_eval, scipy, scikit-learn and seqeval give. SQuAD's metrics are computed here
from their published definition (Rajpurkar et al., 2016 and 2018).

Usage: fixtures_evaluation.py        (needs the packages of scripts/requirements-fixtures.txt)

The intervals of the paired bootstrap are computed here once more, with the same generator
(SplitMix64) but with scipy's, scikit-learn's and NumPy's own statistics on the resampled items.
"""

import csv
import json
import pathlib
import re
import string
import warnings

import numpy
import pytrec_eval
from scipy import stats
from seqeval import metrics as seqeval
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


def floats(values):
    return [float(v) for v in numpy.asarray(values, dtype=numpy.float32)]


def mcnemar(base, other):
    """Exact, two-sided, of two lists of right and wrong."""
    wins, losses = int((~base & other).sum()), int((base & ~other).sum())
    return float(stats.binomtest(min(wins, losses), wins + losses, 0.5).pvalue) if wins + losses else 1.0


def logits(name, kind, labels, order, keys, truth, random):
    """Model outputs for `truth` (indices of labels), of which most are right, and the expectations."""
    count = len(keys)
    base = random.normal(size=(count, len(labels))).astype(numpy.float32)
    base[numpy.arange(count), truth] += numpy.float32(1)
    other = (base + random.normal(scale=0.7, size=base.shape)).astype(numpy.float32)
    positive = labels.index(order[1]) if order and len(labels) == 2 else 1
    average = {"average": "binary", "pos_label": positive} if len(labels) == 2 else {"average": "macro"}
    scores = {"accuracy": metrics.accuracy_score, "matthews": metrics.matthews_corrcoef,
              "f1": lambda t, p: metrics.f1_score(t, p, zero_division=0, **average)}
    first, second = base.argmax(axis=1), other.argmax(axis=1)
    differences = {n: difference(count, lambda drawn: f(truth[drawn], second[drawn]) - f(truth[drawn], first[drawn]),
                                 (first != second).sum()) for n, f in scores.items()}
    differences["accuracy"]["mcNemar"] = mcnemar(first == truth, second == truth)
    write(FIXTURES / f"{name}.json", {
        "kind": kind, "labels": labels, "labelOrder": order,
        "embeddings": {k: floats(v) for k, v in zip(keys, base)},
        "variant": {k: floats(v) for k, v in zip(keys, other)},
        "expected": {"dev": {"metrics": {n: float(f(truth, first)) for n, f in scores.items()}, "differences": differences}}})


def acceptability():
    """Laid out as CoLA: four columns, no header."""
    random = numpy.random.default_rng(4)
    sentences = [f'Sentence {i} of "the tests", said he.' if i % 7 == 0 else f"Sentence {i}." for i in range(90)]
    truth = random.integers(0, 2, len(sentences))
    folder = FIXTURES / "acceptability"
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("dev.tsv").write_text("".join(f"xx{i % 3}\t{t}\t{'' if t else '*'}\t{s}\n" for i, (t, s) in enumerate(zip(truth, sentences))))
    logits("acceptability", "classification", ["LABEL_0", "LABEL_1"], None, sentences, truth, random)


def inference():
    """Laid out as MNLI, for a model that orders the classes in another way than the data's numbers."""
    random = numpy.random.default_rng(5)
    labels, order = ["CONTRADICTION", "NEUTRAL", "ENTAILMENT"], ["entailment", "neutral", "contradiction"]
    count = 80
    pairs = [(f'"Premise {i}', f"hypothesis {i}, café") for i in range(count)]
    truth = random.integers(0, 3, count)
    folder = FIXTURES / "inference"
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["index\tsentence1_binary_parse\tsentence1\tsentence2\tlabel1\tgold_label"]
    lines += [f"{i}\t( x\t{a}\t{b}\tneutral\t{labels[t].lower()}" for i, ((a, b), t) in enumerate(zip(pairs, truth))]
    folder.joinpath("dev.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    folder.joinpath("test.tsv").write_text("index\tsentence1\tsentence2\n0\ta\tb\n")  # no labels: no split
    logits("inference", "classification", labels, order, [f"{a}\x1f{b}" for a, b in pairs], truth, random)


def regression():
    random = numpy.random.default_rng(6)
    count = 70
    pairs = [(f"first {i % 40}", f"second {i}") for i in range(count)]
    scores = numpy.clip(numpy.round(random.normal(2.5, 1.5, count) * 5) / 5, 0, 5)
    scores[:2] = 0, 5
    folder = FIXTURES / "regression"
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("dev.jsonl").write_text("".join(json.dumps({"idx": i, "sentence1": a, "sentence2": b, "label": float(s)}) + "\n" for i, ((a, b), s) in enumerate(zip(pairs, scores))))
    base = (scores + random.normal(scale=0.8, size=count)).astype(numpy.float32)
    other = (base + random.normal(scale=0.3, size=count)).astype(numpy.float32)
    both = {"spearman": stats.spearmanr, "pearson": stats.pearsonr}
    level = lambda v: numpy.floor(numpy.clip(v.astype(numpy.float64), 0, 5) + 0.5)
    flips = (level(base) != level(other)).sum()
    keys = [f"{a}\x1f{b}" for a, b in pairs]
    value = lambda f, v, drawn: f(v[drawn].astype(numpy.float64), scores[drawn])[0]
    everything = list(range(count))
    write(FIXTURES / "regression.json", {
        "kind": "regression", "embeddings": {k: floats([v]) for k, v in zip(keys, base)},
        "variant": {k: floats([v]) for k, v in zip(keys, other)},
        "expected": {"dev": {"metrics": {n: float(value(f, base, everything)) for n, f in both.items()},
                             "differences": {n: difference(count, lambda drawn: value(f, other, drawn) - value(f, base, drawn), flips) for n, f in both.items()}}}})


def entities():
    """Tags in every order, so that lenient rules matter; the last words of some sentences cut off."""
    random = numpy.random.default_rng(7)
    labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "E-LOC", "S-LOC"]
    sentences, tags, base, other = [], [], {}, {}
    for number in range(60):
        length = int(random.integers(1, 12))
        words = [f"w{number}.{i}" for i in range(length)]
        truth = random.choice(len(labels), size=length, p=[0.2, 0.1, 0.15, 0.1, 0.15, 0.2, 0.1])
        row = random.normal(size=(length, len(labels)))
        row[numpy.arange(length), truth] += 2.5
        kept = length - (2 if length > 8 else 0)
        sentences.append(words)
        tags.append([labels[t] for t in truth])
        base[" ".join(words)] = floats(row[:kept].ravel())
        other[" ".join(words)] = floats((row + random.normal(scale=0.8, size=row.shape))[:kept].ravel())
    folder = FIXTURES / "entities"
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["-DOCSTART- -X- O O", ""]
    for words, names in zip(sentences, tags):
        lines += [f"{w} NN X {t}" for w, t in zip(words, names)] + [""]
    folder.joinpath("test.conll").write_text("\n".join(lines))
    with folder.joinpath("dev.jsonl").open("w") as out:
        for words, names in zip(sentences[:20], tags[:20]):
            out.write(json.dumps({"tokens": words, "ner_tags": [labels.index(n) for n in names]}) + "\n")

    def predicted(outputs, words):
        rows = numpy.array(outputs[" ".join(words)]).reshape(-1, len(labels)).argmax(axis=1)
        return [labels[i] for i in rows] + ["O"] * (len(words) - len(rows))

    scores = {"f1": seqeval.f1_score, "precision": seqeval.precision_score, "recall": seqeval.recall_score,
              "accuracy": seqeval.accuracy_score}
    expected = {}
    for split, count in [("dev", 20), ("test", 60)]:
        first = [predicted(base, w) for w in sentences[:count]]
        second = [predicted(other, w) for w in sentences[:count]]
        pick = lambda values, drawn: [values[i] for i in drawn]
        flips = sum(a != b for a, b in zip(first, second))
        expected[split] = {
            "metrics": {n: float(f(tags[:count], first)) for n, f in scores.items()},
            "differences": {n: difference(count, lambda drawn: f(pick(tags, drawn), pick(second, drawn)) - f(pick(tags, drawn), pick(first, drawn)), flips) for n, f in scores.items()}}
    write(FIXTURES / "entities.json", {"kind": "token-classification", "labels": labels, "labelOrder": labels,
                                       "embeddings": base, "variant": other, "expected": expected})


def normal(text):
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def overlap(found, meant, second_version):
    if second_version and (not found or not meant):
        return float(found == meant)
    shared = sum(min(found.count(w), meant.count(w)) for w in set(found))
    if shared == 0:
        return 0.0
    precision, recall = shared / len(found), shared / len(meant)
    return 2 * precision * recall / (precision + recall)


VOCABULARY = ["The", "a", "an", "THE", "U.S.", "it's", "\u00c9lan", "e\u0301", "the\u0301", "\u039f\u0394\u039f\u03a3", "\u03a3\u0399", "Stra\u00dfe",
              "\u0130stanbul", "\u65e5\u672c", "1,000", "50%", "a_b", "x\u00b2", "\u2018the\u2019", "\u201ca", "non\u2011stop", "-", "\u2014", "\u0661\u0662", "the-end", "A", "Dž",
              "caf\u00e9", "\U0001f600", "word", "other", "answer", "\u00bd", "and", "B\u0308", "\u212b", "a\u200bb", "\u1e9e"]
SPACES = [" "] * 8 + ["  ", "\u00a0", "\t", "\u2003", "\u3000", "\n"]


def questions(name, second_version):
    random = numpy.random.default_rng(8 if second_version else 9)
    paragraphs, items, base, other = [], [], {}, {}
    for number in range(30):
        words = [str(random.choice(VOCABULARY)) for _ in range(25)]
        starts, context = [], f"{number} "
        for word in words:
            starts.append(len(context))
            context += word + str(random.choice(SPACES))
        span = lambda first, last: (starts[first], starts[last] + len(words[last]))
        def draw():
            first = int(random.integers(0, 22))
            return first, first + int(random.integers(0, 3))
        qas = []
        for index in range(4):
            question = f"What is {number}.{index}?"
            none = second_version and random.random() < 0.4
            centre = draw()
            answers = [] if none else [span(max(0, centre[0] - k), centre[1]) for k in range(int(random.integers(1, 4)))]
            qa = {"id": f"{name}-{number}-{index}", "question": question,
                  "answers": [{"text": context[l:u], "answer_start": l} for l, u in answers]}
            if second_version:
                qa["is_impossible"] = bool(none)
            qas.append(qa)
            items.append((context, [context[l:u] for l, u in answers]))
            for rows in (base, other):
                near = random.random()
                lower, upper = span(*centre) if near < 0.5 else span(centre[0], min(24, centre[1] + 1)) if near < 0.7 else span(*draw())
                if random.random() < 0.05:
                    upper = lower
                size = lambda text: len(text.encode("utf-8"))
                score, null = random.normal(2, 1.5), random.normal(3 if none else 1, 1.5)
                rows[f"{question}\x1f{context}"] = floats([size(context[:lower]), size(context[:upper]), score, null])
        paragraphs.append({"context": context, "qas": qas})
    folder = FIXTURES / name
    document = {"version": "v2.0" if second_version else "1.1", "data": [{"title": "x", "paragraphs": paragraphs[:12]}, {"title": "y", "paragraphs": paragraphs[12:]}]}
    write(folder / ("dev-v2.0.json" if second_version else "dev-v1.1.json"), document)

    def judged(outputs):
        """Per question: has an answer, exact and F1 of the span, span is not empty, null difference, text."""
        for (context, truths), (lower, upper, score, null) in zip(items, outputs.values()):
            text = context.encode("utf-8")[int(lower):int(upper)].decode("utf-8")
            meant = [normal(t) for t in truths]
            if second_version:
                meant = [m for m in meant if m] or [[]]
            exact = max(float(normal(text) == m) for m in meant)
            f1 = max(overlap(normal(text), m, second_version) for m in meant)
            yield bool(truths), exact, f1, bool(text), (null - score) if second_version else -1.0, text

    def at(rows, column, threshold, part=None):
        values = [(float(not r[0]) if r[4] > threshold else r[column]) for r in rows if part is None or r[0] == part]
        return sum(values) / len(values) if values else 0.0

    def best(rows, column):
        """Over all thresholds. An unanswerable question that is given an empty answer stays right."""
        rows = [r if r[0] or r[3] else (r[0], 1.0, 1.0, *r[3:]) for r in rows]
        rows = [r if r[0] or not r[3] else (r[0], 0.0, 0.0, *r[3:]) for r in rows]
        return max(at(rows, column, t) for t in [-1e9] + [r[4] for r in rows])

    scores = {"exact": lambda r: at(r, 1, 0), "f1": lambda r: at(r, 2, 0)}
    if second_version:
        scores |= {"hasans_exact": lambda r: at(r, 1, 0, True), "hasans_f1": lambda r: at(r, 2, 0, True),
                   "noans_exact": lambda r: at(r, 1, 0, False), "noans_f1": lambda r: at(r, 2, 0, False),
                   "best_exact": lambda r: best(r, 1), "best_f1": lambda r: best(r, 2)}
    first, second = list(judged(base)), list(judged(other))
    pick = lambda rows, drawn: [rows[i] for i in drawn]
    final = lambda rows: ["" if r[4] > 0 else r[5] for r in rows]
    right = lambda rows: numpy.array([at([r], 1, 0) > 0 for r in rows])
    flips = sum(a != b for a, b in zip(final(first), final(second)))
    differences = {n: difference(len(items), lambda drawn: f(pick(second, drawn)) - f(pick(first, drawn)), flips) for n, f in scores.items()}
    differences["exact"]["mcNemar"] = mcnemar(right(first), right(second))
    write(FIXTURES / f"{name}.json", {
        "kind": "question-answering", "embeddings": base, "variant": other,
        "expected": {"dev": {"metrics": {n: float(f(first)) for n, f in scores.items()}, "differences": differences}}})


def masked():
    random = numpy.random.default_rng(10)
    texts = [f"Text number {i}." for i in range(50)]
    folder = FIXTURES / "masked"
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("wiki.valid.tokens").write_text("\n \n".join(texts) + "\n")
    def rows():
        return {t: floats([v for _ in range(int(t.split()[-1][:-1]) % 5) for v in (random.gamma(2, 1.2), random.random() < 0.6)]) for t in texts}
    base = rows()
    other = {t: floats([v + (0.2 * random.random() if i % 2 == 0 else 0) for i, v in enumerate(r)]) for t, r in base.items()}
    for text in texts[::6]:
        if other[text]:
            other[text][1] = 1 - other[text][1]
    losses = lambda rows, drawn: [v for i in drawn for v in rows[texts[i]][0::2]]
    hits = lambda rows, drawn: [v for i in drawn for v in rows[texts[i]][1::2]]
    scores = {"perplexity": lambda r, drawn: numpy.exp(numpy.mean(losses(r, drawn))), "accuracy": lambda r, drawn: numpy.mean(hits(r, drawn))}
    flips = sum(hits(base, [i]) != hits(other, [i]) for i in range(len(texts)))
    everything = list(range(len(texts)))
    write(FIXTURES / "masked.json", {
        "kind": "masked-language-modelling", "embeddings": base, "variant": other,
        "expected": {"valid": {"metrics": {n: float(f(base, everything)) for n, f in scores.items()},
                               "differences": {n: difference(len(texts), lambda drawn: f(other, drawn) - f(base, drawn), flips) for n, f in scores.items()}}}})


if __name__ == "__main__":
    warnings.simplefilter("error")
    retrieval()
    similarity()
    classification("two-classes", ["negative", "positive"], single_row=True)
    classification("four-classes", ["north", "east", "south", "west"], single_row=False)
    acceptability()
    inference()
    regression()
    warnings.simplefilter("ignore")  # seqeval warns of tags that are no NER tags and of 0 / 0
    entities()
    warnings.simplefilter("error")
    questions("questions", second_version=False)
    questions("questions2", second_version=True)
    masked()
