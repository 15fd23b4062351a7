#!/usr/bin/env python3
"""Writes a small BERT sentence encoder with random weights as a Hugging Face directory.

    python3 scripts/random_bert.py OUT [--seed 7]

Needs nothing but Python 3; the same seed gives the same bytes on every machine. The weights are
scaled so that every non-linear function works over a wide range: attention is neither uniform nor
one-hot, GELU sees both signs, variances differ from token to token.
"""

import argparse
import json
import math
import pathlib
import random
import string
import struct

HIDDEN = 32
LAYERS = 2
HEADS = 4
INTERMEDIATE = 64
POSITIONS = 64
SEQUENCE = 48

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = """the of and to in a is that for it as was with be by on not he this are or his from at
which but have an they you were her she there been their one all would will we more who if out so
time up my about than its into some them can only other new what man these first may any then like
over such no your me her two could us year work make take day good way look think also back after
use how our well even want because people most small large part kind form act person place animal
plant body water state used having made bird tree fish stone light sound color food house hand
word name move change give run walk eat dog cat red green blue white black long short old young
high low cold warm big little great fast slow sweet dry wet soft hard deep thin round flat""".split()
SUFFIXES = "ing ed er est ly ness less ful able ment tion sion ity ous ive al en es th".split()


def vocabulary():
    letters = list(string.ascii_lowercase + string.digits)
    punctuation = list("!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~")
    words = sorted(set(WORDS) - set(letters))
    pieces = ["##" + piece for piece in letters + SUFFIXES]
    return SPECIAL + punctuation + letters + words + pieces


def tensors(random_numbers, vocabulary_size):
    """Name, shape and values of each tensor."""

    def standard_normal():
        # The sum of 12 uniform numbers: unlike Random.gauss, the same in every C library.
        return sum(random_numbers.random() for _ in range(12)) - 6

    def normal(name, shape, mean, deviation):
        count = 1
        for dimension in shape:
            count *= dimension
        yield name, shape, [mean + deviation * standard_normal() for _ in range(count)]

    def linear(name, outputs, inputs, gain):
        yield from normal(f"{name}.weight", [outputs, inputs], 0, gain / math.sqrt(inputs))
        yield from normal(f"{name}.bias", [outputs], 0, 0.2)

    def layer_norm(name):
        yield from normal(f"{name}.weight", [HIDDEN], 1, 0.2)
        yield from normal(f"{name}.bias", [HIDDEN], 0, 0.2)

    yield from normal("embeddings.word_embeddings.weight", [vocabulary_size, HIDDEN], 0, 0.5)
    yield from normal("embeddings.position_embeddings.weight", [POSITIONS, HIDDEN], 0, 0.2)
    yield from normal("embeddings.token_type_embeddings.weight", [2, HIDDEN], 0, 0.2)
    yield from layer_norm("embeddings.LayerNorm")
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}"
        yield from linear(f"{prefix}.attention.self.query", HIDDEN, HIDDEN, 1.3)
        yield from linear(f"{prefix}.attention.self.key", HIDDEN, HIDDEN, 1.3)
        yield from linear(f"{prefix}.attention.self.value", HIDDEN, HIDDEN, 1)
        yield from linear(f"{prefix}.attention.output.dense", HIDDEN, HIDDEN, 1)
        yield from layer_norm(f"{prefix}.attention.output.LayerNorm")
        yield from linear(f"{prefix}.intermediate.dense", INTERMEDIATE, HIDDEN, 1.5)
        yield from linear(f"{prefix}.output.dense", HIDDEN, INTERMEDIATE, 1)
        yield from layer_norm(f"{prefix}.output.LayerNorm")


def safetensors(named):
    header = {}
    data = bytearray()
    for name, shape, values in sorted(named):
        start = len(data)
        data += struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, len(data)]}
    text = json.dumps({"__metadata__": {"format": "pt"}} | header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + bytes(data)


def tokenizer(vocab):
    """A `tokenizer.json` as Hugging Face `tokenizers` writes it for an uncased BERT."""
    ids = {token: index for index, token in enumerate(vocab)}

    def special(token):
        return {
            "id": ids[token],
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }

    def token(name, sequence):
        return {"SpecialToken": {"id": name, "type_id": sequence}}

    def text(name, sequence):
        return {"Sequence": {"id": name, "type_id": sequence}}

    single = [token("[CLS]", 0), text("A", 0), token("[SEP]", 0)]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [special(name) for name in SPECIAL],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": single,
            "pair": single + [text("B", 1), token("[SEP]", 1)],
            "special_tokens": {
                name: {"id": name, "ids": [ids[name]], "tokens": [name]}
                for name in ["[CLS]", "[SEP]"]
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": ids,
        },
    }


def configuration(vocabulary_size):
    return {
        "architectures": ["BertModel"],
        "attention_probs_dropout_prob": 0.0,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.0,
        "hidden_size": HIDDEN,
        "initializer_range": 0.02,
        "intermediate_size": INTERMEDIATE,
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": POSITIONS,
        "model_type": "bert",
        "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS,
        "pad_token_id": 0,
        "position_embedding_type": "absolute",
        "type_vocab_size": 2,
        "vocab_size": vocabulary_size,
    }


def module(index, kind, path):
    return {
        "idx": index,
        "name": str(index),
        "path": path,
        "type": f"sentence_transformers.models.{kind}",
    }


def files(seed):
    """Path in the directory → bytes."""
    vocab = vocabulary()

    def text(value):
        return (json.dumps(value, indent=2) + "\n").encode()

    return {
        "config.json": text(configuration(len(vocab))),
        "model.safetensors": safetensors(tensors(random.Random(seed), len(vocab))),
        "vocab.txt": "".join(token + "\n" for token in vocab).encode(),
        "tokenizer.json": text(tokenizer(vocab)),
        "tokenizer_config.json": text(
            {
                "do_lower_case": True,
                "unk_token": "[UNK]",
                "sep_token": "[SEP]",
                "pad_token": "[PAD]",
                "cls_token": "[CLS]",
                "mask_token": "[MASK]",
                "tokenize_chinese_chars": True,
                "strip_accents": None,
                "tokenizer_class": "BertTokenizer",
                "model_max_length": POSITIONS,
            }
        ),
        "modules.json": text(
            [
                module(0, "Transformer", ""),
                module(1, "Pooling", "1_Pooling"),
                module(2, "Normalize", "2_Normalize"),
            ]
        ),
        "1_Pooling/config.json": text(
            {
                "word_embedding_dimension": HIDDEN,
                "pooling_mode_cls_token": False,
                "pooling_mode_mean_tokens": True,
                "pooling_mode_max_tokens": False,
                "pooling_mode_mean_sqrt_len_tokens": False,
            }
        ),
        "sentence_bert_config.json": text({"max_seq_length": SEQUENCE, "do_lower_case": False}),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path, help="the directory to write")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    for path, content in files(arguments.seed).items():
        file = arguments.out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


if __name__ == "__main__":
    main()
