"""What heads say of texts, from tokens to answers: `transformers` models and `tokenizers` together.

The choice of answers follows the question answering example of `transformers` (`utils_qa.py`).
"""

import random

import fixture_families
import numpy
import tokenizers
import torch

SEED = 7
LENGTH = 20
STRIDE = LENGTH // 3
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = SPECIAL + list(LETTERS) + [f"##{letter}" for letter in LETTERS[:17]]


def tokenizer():
    ids = {token: index for index, token in enumerate(VOCABULARY)}
    return tokenizers.BertWordPieceTokenizer(vocab=ids, lowercase=True)


def words(draw, count):
    return ["".join(draw.choices(LETTERS[:17], k=draw.randint(1, 4))) for _ in range(count)]


def run(model, encoding, types=True):
    arguments = {"input_ids": torch.tensor([encoding.ids])}
    if types:
        arguments["token_type_ids"] = torch.tensor([encoding.type_ids])
    with torch.no_grad():
        return model(**arguments)


def pairs(draw):
    """Logits of texts and pairs, with a model that knows types and one that does not."""
    tokens = tokenizer()
    tokens.enable_truncation(LENGTH)
    inputs = [" ".join(words(draw, draw.randint(0, 9))) for _ in range(4)]
    inputs = [[text] for text in inputs] + [[text, " ".join(words(draw, 6))] for text in inputs]
    result = []
    for name, types in [("bert relu", True), ("roberta", False)]:
        model = fixture_families.model(name)
        rows = [run(model, tokens.encode(*texts), types).logits[0] for texts in inputs]
        result.append({"model": name, "logits": [fixture_families.numbers(row) for row in rows]})
    return {"inputs": inputs, "models": result}


def labelled_words(draw):
    """The logits of each word's first token, up to the word that is cut off."""
    tokens = tokenizer()
    tokens.enable_truncation(LENGTH)
    model = fixture_families.model("bert silu")
    result = []
    for count in [1, 3, 14]:
        listed = words(draw, count)
        encoding = tokens.encode(listed, is_pretokenized=True)
        logits = run(model, encoding).logits[0]
        first = [encoding.word_ids.index(word) for word in range(count) if word in encoding.word_ids]
        numbers = fixture_families.numbers(logits[first])
        result.append({"words": listed, "logits": numbers})
    return result


def answers(draw):
    tokens = tokenizer()
    tokens.enable_truncation(LENGTH, stride=STRIDE, strategy="only_second")
    model = fixture_families.model("bert answers")
    result = []
    for count in [2, 9, 60]:
        question = " ".join(words(draw, 2))[:5].strip()
        context = " ".join(words(draw, count))
        first = tokens.encode(question, context)
        null, best = None, None
        for encoding in [first, *first.overflowing]:
            output = run(model, encoding)
            starts, ends = (row[0].numpy() for row in (output.start_logits, output.end_logits))
            score = starts[0] + ends[0]
            null = score if null is None else min(null, score)
            offsets = [
                place if sequence == 1 else None
                for place, sequence in zip(encoding.offsets, encoding.sequence_ids)
            ]
            for start in numpy.argsort(starts)[-1:-21:-1]:
                for end in numpy.argsort(ends)[-1:-21:-1]:
                    if offsets[start] is None or offsets[end] is None:
                        continue
                    if end < start or end - start + 1 > 30:
                        continue
                    score = starts[start] + ends[end]
                    if best is None or score > best[2]:
                        best = (offsets[start][0], offsets[end][1], score)
        result.append(
            {"question": question, "context": context, "lower": best[0], "upper": best[1]}
            | {"score": float(best[2]), "nullScore": float(null)}
        )
    return result


def fixture():
    draw = random.Random(SEED)
    return {"pairs": pairs(draw), "words": labelled_words(draw), "answers": answers(draw)}
