#!/usr/bin/env python3
"""ONNX Runtime on the same BERT weights and tokens: the peer of `make bench-inference`.

The graph is built here with ONNX Runtime's own fused operators (Attention, SkipLayerNormalization,
BiasGelu), the fastest form it has. One thread.

Reads one JSON object a line: {"model": folder} loads; {"tokens": [[...], ...], "runs": N} runs one
padded batch; {"random": {"folder": ..., "hidden": ..., ...}} writes a random model. Answers one
object a line: CPU seconds of a run, and the sum of |hidden states| of real tokens as a check.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file, save_file


class Graph:
    def __init__(self, weights, config):
        self.weights = {n.removeprefix("bert."): np.asarray(w, np.float32) for n, w in weights.items()}
        self.config = config
        self.nodes, self.initializers, self.known = [], [], set()

    def constant(self, name, value=None):
        if name not in self.known:
            self.known.add(name)
            array = np.ascontiguousarray(self.weights[name] if value is None else value)
            self.initializers.append(numpy_helper.from_array(array, name))
        return name

    def node(self, kind, inputs, name, domain="", outputs=1, **attributes):
        extra = [f"{name}_{i}" for i in range(1, outputs)]
        self.nodes.append(
            helper.make_node(kind, inputs, [name, *extra], domain=domain, **attributes))
        return name

    def skip_norm(self, name, left, right, bias, prefix):
        epsilon = float(self.config.get("layer_norm_eps", 1e-12))
        return self.node(
            "SkipLayerNormalization",
            [left, right, self.constant(f"{prefix}.weight"), self.constant(f"{prefix}.bias"), bias],
            name, domain="com.microsoft", epsilon=epsilon)

    def linear(self, name, value, weight):
        transposed = self.constant(f"{weight}.T", self.weights[weight].T)
        return self.node("MatMul", [value, transposed], name)

    def model(self):
        config, heads = self.config, self.config["num_attention_heads"]
        types = self.weights["embeddings.token_type_embeddings.weight"][0]
        positions = self.weights["embeddings.position_embeddings.weight"] + types
        words = self.node(
            "Gather", [self.constant("embeddings.word_embeddings.weight"), "tokens"], "words")
        spots = self.node("Gather", [self.constant("positions", positions), "positions_in"], "spots")
        both = self.node("Add", [words, spots], "both")
        hidden = self.node(
            "LayerNormalization",
            [both, self.constant("embeddings.LayerNorm.weight"),
             self.constant("embeddings.LayerNorm.bias")],
            "embedded", epsilon=float(config.get("layer_norm_eps", 1e-12)))
        for layer in range(config["num_hidden_layers"]):
            prefix = f"encoder.layer.{layer}"
            own = [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")]
            weight = self.constant(
                f"{prefix}.qkv", np.concatenate([self.weights[f"{n}.weight"].T for n in own], 1))
            bias = self.constant(
                f"{prefix}.qkv.bias", np.concatenate([self.weights[f"{n}.bias"] for n in own]))
            context = self.node(
                "Attention", [hidden, weight, bias, "lengths"], f"{prefix}.context",
                domain="com.microsoft", num_heads=heads)
            dense = self.linear(
                f"{prefix}.dense", context, f"{prefix}.attention.output.dense.weight")
            hidden = self.skip_norm(
                f"{prefix}.normed", dense, hidden,
                self.constant(f"{prefix}.attention.output.dense.bias"),
                f"{prefix}.attention.output.LayerNorm")
            inner = self.linear(f"{prefix}.inner", hidden, f"{prefix}.intermediate.dense.weight")
            active = self.node(
                "BiasGelu", [inner, self.constant(f"{prefix}.intermediate.dense.bias")],
                f"{prefix}.active", domain="com.microsoft")
            outer = self.linear(f"{prefix}.outer", active, f"{prefix}.output.dense.weight")
            hidden = self.skip_norm(
                f"{prefix}.hidden", outer, hidden, self.constant(f"{prefix}.output.dense.bias"),
                f"{prefix}.output.LayerNorm")
        graph = helper.make_graph(
            self.nodes, "bert",
            [helper.make_tensor_value_info("tokens", TensorProto.INT64, ["batch", "length"]),
             helper.make_tensor_value_info("positions_in", TensorProto.INT64, ["one", "length"]),
             helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"])],
            [helper.make_tensor_value_info(hidden, TensorProto.FLOAT, ["batch", "length", "hidden"])],
            self.initializers)
        return helper.make_model(
            graph, ir_version=10,
            opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)])


def load(folder):
    config = json.loads((Path(folder) / "config.json").read_text())
    graph = Graph(load_file(str(Path(folder) / "model.safetensors")), config).model()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / "peer.onnx"
        onnx.save_model(graph, str(place), save_as_external_data=True, location="peer.onnx.data")
        return ort.InferenceSession(str(place), options, providers=["CPUExecutionProvider"])


def run(session, tokens, runs):
    length = max(map(len, tokens))
    padded = np.zeros((len(tokens), length), np.int64)
    for row, sequence in enumerate(tokens):
        padded[row, :len(sequence)] = sequence
    feed = {
        "tokens": padded, "positions_in": np.arange(length, dtype=np.int64)[None],
        "lengths": np.array([len(s) for s in tokens], np.int32),
    }
    start = time.process_time()
    for _ in range(runs):
        hidden = session.run(None, feed)[0]
    seconds = time.process_time() - start
    sums = [float(np.abs(hidden[row, :len(s)]).sum()) for row, s in enumerate(tokens)]
    return {"seconds": seconds, "sum": sum(sums)}


def random_model(folder, seed, **sizes):
    folder = Path(folder)
    if (folder / "model.safetensors").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    hidden, inner = sizes["hidden_size"], sizes["intermediate_size"]
    rng = np.random.default_rng(seed)

    def matrix(*shape):
        return (rng.standard_normal(shape, np.float32) * 0.02).astype(np.float32)

    weights = {
        "embeddings.word_embeddings.weight": matrix(sizes["vocab_size"], hidden),
        "embeddings.position_embeddings.weight": matrix(sizes["max_position_embeddings"], hidden),
        "embeddings.token_type_embeddings.weight": matrix(sizes["type_vocab_size"], hidden),
    }

    def linear(name, outputs, inputs):
        weights[f"{name}.weight"], weights[f"{name}.bias"] = matrix(outputs, inputs), matrix(outputs)

    def norm(name):
        weights[f"{name}.weight"] = 1 + matrix(hidden)
        weights[f"{name}.bias"] = matrix(hidden)

    norm("embeddings.LayerNorm")
    for layer in range(sizes["num_hidden_layers"]):
        prefix = f"encoder.layer.{layer}"
        for part in ("query", "key", "value"):
            linear(f"{prefix}.attention.self.{part}", hidden, hidden)
        linear(f"{prefix}.attention.output.dense", hidden, hidden)
        norm(f"{prefix}.attention.output.LayerNorm")
        linear(f"{prefix}.intermediate.dense", inner, hidden)
        linear(f"{prefix}.output.dense", hidden, inner)
        norm(f"{prefix}.output.LayerNorm")
    save_file(weights, str(folder / "model.safetensors"))
    config = {"model_type": "bert", "architectures": ["BertModel"], "hidden_act": "gelu",
              "layer_norm_eps": 1e-12, **sizes}
    (folder / "config.json").write_text(json.dumps(config))
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words += [f"w{i}" for i in range(sizes["vocab_size"] - len(words))]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")


def main():
    session = None
    for line in sys.stdin:
        request = json.loads(line)
        if "random" in request:
            random_model(**request["random"])
            answer = {}
        elif "model" in request:
            session = load(request["model"])
            answer = {}
        else:
            answer = run(session, request["tokens"], request.get("runs", 1))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
