"""Small models of every family with seeded weights, and what `transformers` computes with them.

The weights are not stored: a tensor's numbers follow from its name and shape (`weights`), and the
tests make the same ones.
"""

import math
import pathlib
import random
import tempfile

import numpy
import torch
import transformers
from safetensors import safe_open

SEED = 7
VOCABULARY = 48
MASK = (1 << 64) - 1

SMALL = {
    "vocab_size": VOCABULARY,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 24,
    "max_position_embeddings": 20,
    "type_vocab_size": 2,
}
DISTIL = {
    "vocab_size": VOCABULARY,
    "dim": 16,
    "n_layers": 2,
    "n_heads": 2,
    "hidden_dim": 24,
    "max_position_embeddings": 20,
}
ROBERTA = SMALL | {"type_vocab_size": 1, "max_position_embeddings": 22, "layer_norm_eps": 1e-5}
ALBERT = SMALL | {"embedding_size": 12, "num_hidden_layers": 3, "num_hidden_groups": 2}
ELECTRA = SMALL | {"embedding_size": 12}
MOBILE = SMALL | {"embedding_size": 12, "intra_bottleneck_size": 8, "num_feedforward_networks": 3}
THREE = {"id2label": {0: "bad", 1: "fair", 2: "good"}}

# Name, class, configuration.
CASES = [
    ("bert", "BertModel", SMALL),
    ("bert relu", "BertForSequenceClassification", SMALL | THREE | {"hidden_act": "relu"}),
    ("bert silu", "BertForTokenClassification", SMALL | THREE | {"hidden_act": "silu"}),
    ("bert answers", "BertForQuestionAnswering", SMALL),
    ("bert words", "BertForMaskedLM", SMALL),
    ("bert untied", "BertForMaskedLM", SMALL | {"tie_word_embeddings": False}),
    ("roberta", "RobertaForSequenceClassification", ROBERTA | THREE),
    ("roberta words", "RobertaForMaskedLM", ROBERTA),
    ("roberta answers", "RobertaForQuestionAnswering", ROBERTA),
    ("xlm-roberta", "XLMRobertaForTokenClassification", ROBERTA | THREE),
    ("xlm-roberta regression", "XLMRobertaForSequenceClassification", ROBERTA | {"num_labels": 1}),
    ("distilbert", "DistilBertForSequenceClassification", DISTIL | THREE),
    ("distilbert words", "DistilBertForMaskedLM", DISTIL),
    ("distilbert answers", "DistilBertForQuestionAnswering", DISTIL),
    ("albert", "AlbertForSequenceClassification", ALBERT | THREE),
    ("albert words", "AlbertForMaskedLM", ALBERT),
    ("albert tokens", "AlbertForTokenClassification", ALBERT | THREE | {"num_hidden_groups": 1}),
    ("electra", "ElectraForSequenceClassification", ELECTRA | THREE),
    ("electra words", "ElectraForMaskedLM", ELECTRA),
    ("electra wide", "ElectraForPreTraining", ELECTRA | {"embedding_size": 16}),
    ("mobilebert", "MobileBertForSequenceClassification", MOBILE | THREE),
    ("mobilebert words", "MobileBertForMaskedLM", MOBILE),
    (
        "mobilebert normalized",
        "MobileBertForMaskedLM",
        MOBILE | {"normalization_type": "layer_norm", "hidden_act": "gelu", "layer_norm_eps": 0.01},
    ),
    (
        "mobilebert bottleneck attention",
        "MobileBertForQuestionAnswering",
        MOBILE | {"use_bottleneck_attention": True, "trigram_input": False},
    ),
    (
        "mobilebert wide",
        "MobileBertForSequenceClassification",
        MOBILE
        | {"use_bottleneck": False, "trigram_input": False, "embedding_size": 16}
        | {"classifier_activation": False, "num_feedforward_networks": 1},
    ),
]


def mixed(number):
    """The finaliser of SplitMix64."""
    number = (number + 0x9E3779B97F4A7C15) & MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & MASK
    return number ^ (number >> 31)


def weights(name, shape):
    """float32 numbers that the tests make alike, from the tensor's name and shape alone."""
    start = 0xCBF29CE484222325  # FNV-1a
    for byte in name.encode():
        start = ((start ^ byte) * 0x100000001B3) & MASK
    if len(shape) == 1:
        mean, spread = (1, 0.3) if name.endswith("weight") else (0, 0.3)
    else:
        # NoNorm lets states grow from layer to layer, and rounding errors with them.
        gain = 0.8 if name.startswith("mobilebert.encoder") else 1.9
        mean, spread = 0, 0.9 if "embeddings." in name else gain / math.sqrt(shape[1])
    count = math.prod(shape)
    units = [(mixed((start + index) & MASK) >> 40) * 2.0**-23 - 1 for index in range(count)]
    return numpy.array([mean + spread * unit for unit in units], numpy.float32).reshape(shape)


def numbers(tensor):
    return [float(f"{value:.7g}") for value in tensor.flatten().tolist()]


def made(architecture, settings):
    """A model with the seeded weights, its `config.json` and the shapes of its tensors."""
    kind = getattr(transformers, architecture)
    model = kind._from_config(kind.config_class(**settings), attn_implementation="eager").eval()
    shapes = {}
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        with safe_open(pathlib.Path(folder) / "model.safetensors", "pt") as file:
            for key in sorted(file.keys()):
                shapes[key] = list(file.get_slice(key).get_shape())
        config = (pathlib.Path(folder) / "config.json").read_text()
    tensors = {key: torch.from_numpy(weights(key, shape)) for key, shape in shapes.items()}
    unexpected = model.load_state_dict(tensors, strict=False).unexpected_keys
    assert not unexpected, unexpected
    model.tie_weights()
    return model, config, shapes


def model(name):
    return next(made(*case)[0] for title, *case in CASES if title == name)


def case(name, architecture, settings):
    model, written, shapes = made(architecture, settings)
    config = model.config
    longest = config.max_position_embeddings - (2 if "oberta" in architecture else 0)
    draw = random.Random(f"{SEED} {name}")
    sequences = []
    for length in [1, 2, 5, longest]:
        tokens = [draw.randrange(VOCABULARY) for _ in range(length)]
        arguments = {"input_ids": torch.tensor([tokens])}
        sequence = {"tokens": tokens}
        if getattr(config, "type_vocab_size", 1) > 1 and length > 2:
            sequence["types"] = [int(place >= length // 2) for place in range(length)]
            arguments["token_type_ids"] = torch.tensor([sequence["types"]])
        with torch.no_grad():
            output = model(**arguments, output_hidden_states=True)
        sequence["hidden"] = numbers(output.hidden_states[-1][0])
        if "QuestionAnswering" in architecture:
            both = torch.stack([output.start_logits[0], output.end_logits[0]], dim=1)
            sequence["outputs"] = numbers(both)
        elif "logits" in output and "PreTraining" not in architecture:
            sequence["outputs"] = numbers(output.logits[0])
        sequences.append(sequence)
    return {
        "name": name,
        "config": written,
        "tensors": [{"name": key, "shape": shape} for key, shape in shapes.items()],
        "sequences": sequences,
    }
