#!/usr/bin/env python3
"""Writes what Tokenization's tests compare with, from Hugging Face `tokenizers` itself.

Usage: fixtures_tokenization.py [--unicode] [--model DIR] [--check FILE...] [--by-hand KIND FILE... --out DIR]

Needs the packages of scripts/requirements-fixtures.txt. Without options it writes to
Tests/TokenizationTests/Fixtures:

- small/: a WordPiece tokenizer with a small vocabulary (tokenizer.json, and vocab.txt with
  tokenizer_config.json), drawn with a fixed seed, so that most words need several pieces;
- small.json: nasty texts, pairs and truncations with the ids of small/;
- cased.json: the same texts with a cased normaliser that keeps accents;
- scalars.json: a digest of the normalised forms and the cuts of every Unicode scalar, per 4096;
- families/, encodings.json, stages.json: small tokenizers of every family, and what they make of
  texts, pairs, windows and words (see fixture_tokenizers.py);
- minilm.json: the nasty texts, and SHA-256 digests over the ids of every 1000 WordNet glosses,
  with the vocabulary of all-MiniLM-L6-v2 (--model, default .cache/models/all-MiniLM-L6-v2; left
  as it is when the model or WordNet is not there).

--unicode rewrites Sources/Tokenization/UnicodeData+*.swift: what `tokenizers` does with each
scalar, found by asking it about all of them.
--by-hand KIND FILE...: trains a tokenizer (bpe, unigram, albert or wordpiece; 8 000 tokens) on the
files and writes it with digests of every line to --out, for the test that NNLUT_TOKENIZER_CHECK
switches on.
--check FILE...: prints the SHA-256 over the MiniLM ids of each file's lines, to compare by hand.
"""

import argparse
import hashlib
import json
import pathlib
import random
import struct
import sys
import time
import unicodedata

import fixture_tokenizers as small
from tokenizers import Regex, Tokenizer, __version__, normalizers, pre_tokenizers

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "Tests/TokenizationTests/Fixtures"
SOURCES = ROOT / "Sources/Tokenization"
WORDNET = pathlib.Path("/usr/share/wordnet")

NASTY = [
    "", " ", "\n\t \r\n", "a", "A", "Hello, World!", "don't won't it's", "unaffable", "...!?",
    "hello[SEP]world", "[CLS] [MASK][PAD] [UNK]", "[sep] [Mask]", "[SEP", "[[SEP]]",
    "caf\u00e9 cafe\u0301 CAF\u00c9", "\u00c5ngstr\u00f6m \u212bngstrom A\u030angstrom",
    "\u0130stanbul I\u0307stanbul \u0131\u015f\u0131k I\u015eIK", "\u039f\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2 \u03a3\u03af\u03c3\u03c5\u03c6\u039f\u03a3",
    "stra\u00dfe STRASSE \u1e9e", "\ufb01ne \ufb02ow o\ufb03ce", "\u01c4 \u01c5 \u01c6 \u2160 \u24b6", "\u1e9b\u0323 \u1e69 s\u0323\u0307",
    "\u65e5\u672c\u8a9e\u306e\u6587\u7ae0", "\u4e2d\u6587test\u4e2d\u6587", "\uf900\ufa0e \U0002f800 \U0002b820\U0002b920 \U00020000\u3400", "\u30ab\u3099 \u30ac \uff76\uff9e",
    "\ud55c\uad6d\uc5b4 \u1112\u1161\u11ab \uac00\uac01", "\u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u0627\u0644\u0652\u0639\u064e\u0631\u064e\u0628\u0650\u064a\u064e\u0651\u0629\u064f", "\u05e2\u05b4\u05d1\u05e8\u05b4\u05d9\u05ea \u200fRTL\u200e \u202eabc\u202c",
    "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22 \u0939\u093f\u0928\u094d\u0926\u0940 \u09ac\u09be\u0982\u09b2\u09be \u09cb \u09cc", "\u0b4b \u0bca \u0cca \u0ccb \u0d4a \u0dda \u0ddd",
    "\U0001f600 smile \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea \u2764\ufe0f \U0001f44d\U0001f3fd", "zero\u200bwidth\u200cjoin\u200der\ufeffbom\u2060wj",
    "nbsp\u00a0here\u2003em\u3000ideographic\u1680ogham\u202fnarrow\u205fmath", "\u2028line\u2029para\u0085next\u000bvt\u000cff",
    "soft\u00adhyphen \u180emongolian", "nul\x00bel\x07esc\x1bdel\x7fc1\x80\x9f", "\ufffd replacement \ufffe\uffff \ue000private \U000f0000",
    "\u0301alone \u0301\u0302", "a\u0315\u0300\u05ae\u0062", "\U0001d15e\U0001d165\U0001d16e\u0301\U0001d157\U0001d16d\U0001d165 \u302e\u302f\u1dce",
    "x\U0001d165\u0301\U0001d16d\u093f\U0001d165 \u0f71\u0f72\u0f74 \u0f73 \u0344",
    "\u00ab\u00bb \u201cquotes\u201d \u2018s\u2019 \u2014dash\u2013 \u2026 \u00bf\u00a1 \u3002\u3001 \uff01\uff1f \u00b7 \u055a \u2e3a \u2e52",
    "$100 + 50% = ^caret~ `tick` <tag> |pipe| \u20ac\u00a3 \u00b1 \u00d7 \u00a7 \u00b6 \u00a9 \u00ae \u2122", "a_b-c/d\\e@f#g*h(i)j{k}l;m:n",
    "3.14159 1,000,000 \u0661\u0662\u0663 \u00bd \u00b2 \u2075 \u2460", "e=mc\u00b2 H\u2082O x\u0304", "\U0001e900\U0001e922 \U00010400\U00010428 \u13a0\uab70 \ua64a \u10a0\u1c90",
    "a" * 99, "a" * 100, "a" * 101, "\u00e9" * 100, "\u00e9" * 101, "\u4e2d" * 130, "e\u0301" * 101, "a" * 100 + " b", "word " * 200,
    "x" * 3000, "\U0001f600" * 120, "\u0301" * 500, "tab\tsep\ttext", "  lead and trail  ", "Mixed\u00dcNICODE\u0100\u0101\u0102",
    "\u1ea0\u1ed8 Ti\u1ebfng Vi\u1ec7t", "na\u00efve fa\u00e7ade \u00fcber \u00f8re \u0142\u00f3d\u017a \u0111", "http://ex.am/ple?q=1&r=%20#f", "\u0370\u0371 \u03f4 \u2126 \u212a \u1f80\u1f88\u1fbc",
    "\U000e0001\U000e0041tag \U000e0100vs", "\u2fff\u3000\u3007\u3021 \u9fff\ua000 \U0002a6df\U0002a6e0 \U00030000", "\u0600\u0605\u06dd\u070f\u08e2 \U000110bd\U000110cd",
]
PAIRS = [
    ("one two three", "four"), ("", "second only"), ("first only", ""), ("", ""),
    ("a b c d e f g h", "i j k l m n o p"), ("a b", "c d e f g h i j k l"),
    ("a b c d e f g h i j k l", "m n"), ("[SEP] inside", "caf\u00e9 \u65e5\u672c"),
]
LIMITS = [3, 4, 5, 6, 7, 8, 11, 512]


def ids_of(tokenizer, text, limit=None, pair=None):
    if limit is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(limit)
    return tokenizer.encode(text, pair)


def small_vocabulary():
    """Special tokens, single characters, and pieces of English and of the nasty texts."""
    random.seed(1)
    characters = "".join(chr(c) for c in range(33, 127) if not chr(c).isupper())
    characters += "\u00e9\u00dc\u4e2d\u6587\u65e5\u672c\u03c3\u03c2\u0627\u0644\u05e2\u0939\u0e20\U0001f600\u20ac\u2026\u1112\u1161\u11ab\u3042\u0301\U0001d165ABCDEFGHI"
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokens += list(dict.fromkeys(characters))
    tokens += ["##" + c for c in dict.fromkeys(characters) if c.isalnum() or c == "\u0301"]
    words = " ".join(NASTY).lower().split() + "the of and to in is word world test able un aff tion ing".split()
    pieces = set()
    while len(pieces) < 300:
        word = random.choice(words)
        start = random.randrange(len(word))
        piece = word[start : start + random.randint(2, 5)]
        if len(piece) > 1 and piece.isprintable():
            pieces.add(piece if start == 0 else "##" + piece)
    return tokens + sorted(pieces - set(tokens))


def tokenizer_document(vocabulary, **normalizer):
    ids = {token: index for index, token in enumerate(vocabulary)}
    special = lambda name: {"SpecialToken": {"id": name, "type_id": 0}}
    added = [
        {"id": ids[t], "content": t, "single_word": False, "lstrip": t == "[MASK]", "rstrip": False,
         "normalized": False, "special": True}
        for t in ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    ]
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added,
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True, **normalizer},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [special("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, special("[SEP]")],
            "pair": [special("[CLS]"), {"Sequence": {"id": "A", "type_id": 0}}, special("[SEP]"),
                     {"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
            "special_tokens": {t: {"id": t, "ids": [ids[t]], "tokens": [t]} for t in ["[CLS]", "[SEP]"]},
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": ids},
    }


def cases(tokenizer):
    texts = [{"text": text, "ids": ids_of(tokenizer, text).ids} for text in NASTY]
    pairs = []
    for first, second in PAIRS:
        for limit in LIMITS:
            encoding = ids_of(tokenizer, first, limit, second)
            pairs.append({"first": first, "second": second, "limit": limit,
                          "ids": encoding.ids, "types": encoding.type_ids})
    truncated = [{"text": text, "limit": limit, "ids": ids_of(tokenizer, text, limit).ids}
                 for text in ["a b c d e f", "[SEP] x [MASK]", ""] for limit in [2, 3, 4, 7, 8]]
    return {"tokenizers": __version__, "texts": texts, "pairs": pairs, "truncated": truncated}


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")


def digest(tokenizer, texts):
    """SHA-256 over each text's count of ids and the ids, as little-endian int32."""
    tokenizer.no_truncation()
    hasher = hashlib.sha256()
    for encoding in tokenizer.encode_batch(texts):
        hasher.update(struct.pack(f"<{len(encoding.ids) + 1}i", len(encoding.ids), *encoding.ids))
    return hasher.hexdigest()


def glosses():
    """Every gloss of WordNet, in the order of the files."""
    for part in ["adj", "adv", "noun", "verb"]:
        for line in (WORDNET / f"data.{part}").read_text(encoding="utf-8").split("\n"):
            if line and not line.startswith("  "):
                yield line.split("| ", 1)[1].strip()


def scalar_digests():
    """Per 4096 scalars: SHA-256 over "a" + scalar + "b" normalised, and its words, for two
    normalisers: uncased BERT, and one that only cleans."""
    pre = pre_tokenizers.BertPreTokenizer()
    kinds = {"uncased": normalizers.BertNormalizer(), "cased": normalizers.BertNormalizer(lowercase=False)}
    result = {}
    for name, normalizer in kinds.items():
        digests = []
        for start in range(0, 0x110000, 4096):
            hasher = hashlib.sha256()
            for code in range(start, start + 4096):
                if 0xD800 <= code < 0xE000:
                    continue
                text = normalizer.normalize_str(f"a{chr(code)}b")
                words = [word for word, _ in pre.pre_tokenize_str(text)]
                hasher.update(("\x1f".join([text] + words) + "\x1e").encode())
            digests.append(hasher.hexdigest())
        result[name] = digests
    gpt2 = pre_tokenizers.Split(Regex(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"), "isolated")
    forms = {name: (lambda text, form=getattr(normalizers, name)(): form.normalize_str(text))
             for name in ["NFC", "NFD", "NFKC", "NFKD", "StripAccents"]}
    forms["ByteLevel"] = lambda text: "\x1f".join(word for word, _ in gpt2.pre_tokenize_str(text))
    for name, form in forms.items():
        result[name] = []
        for start in range(0, 0x110000, 4096):
            codes = [c for c in range(start, start + 4096) if not 0xD800 <= c < 0xE000]
            text = "".join(form(f"a{chr(c)}\u0323\u0301 {chr(c)}{chr(c)}1 \n{chr(c)}b") + "\x1e" for c in codes)
            result[name].append(hashlib.sha256(text.encode()).hexdigest()[:16])
    return result


FAMILIES = {
    "roberta": lambda texts: small.roberta(texts, 1400),
    "generative": lambda texts: small.generative(texts, 900),
    "words": lambda texts: small.words(texts, 1100),
    "fallback": lambda texts: small.fallback(texts, 1000),
    "xlm-roberta": lambda texts: small.xlm_roberta(texts, 1200, rules=small.RULES),
    "albert": lambda texts: small.albert(texts, 1200, rules=small.RULES),
    "unigram-bytes": lambda texts: small.unigram_bytes(texts, 1200, rules=small.RULES),
    "wordpiece": lambda texts: small.wordpiece(texts, 1500),
}


def write_families():
    """families/: small tokenizers of each family, with digests of what they make of texts;
    stages.json: the same of tokenizers that have one stage each, under which lies a token for
    every scalar. encodings.json: the texts."""
    texts = NASTY + small.MORE
    training = list(glosses())[::40] + texts
    found = {}
    charsmap = None
    for name, make in FAMILIES.items():
        document = make(training)
        write_json(FIXTURES / f"families/{name}/tokenizer.json", document)
        found[name] = small.encodings(document, texts)
        if name == "xlm-roberta":
            charsmap = json.dumps(document["normalizer"])
        if name == "roberta":
            folder = FIXTURES / "families/roberta-files"
            write_json(folder / "vocab.json", document["model"]["vocab"])
            (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in document["model"]["merges"]))
            write_json(folder / "tokenizer_config.json", {"tokenizer_class": "RobertaTokenizer"})
            found["roberta-files"] = found[name]
    stages = [{"document": json.dumps(document), "digests": small.encodings(document, texts)["texts"]}
              for document in small.stages(charsmap)]
    model = stages and json.loads(stages[0]["document"])["model"]
    write_json(FIXTURES / "encodings.json",
               {"texts": texts, "pairs": small.PAIRS, "words": small.WORDS, "families": found})
    write_json(FIXTURES / "stages.json", [
        {"parts": {k: v for k, v in json.loads(s["document"]).items() if k in ("normalizer", "pre_tokenizer", "post_processor")},
         "model": None if json.loads(s["document"])["model"] == model else json.loads(s["document"])["model"],
         "digests": s["digests"]} for s in stages])
    write_json(FIXTURES / "families/symbols/tokenizer.json", small.symbols())


def by_hand(kind, files, folder):
    """A large tokenizer of a family, and digests of each line of files, for the test by hand
    (NNLUT_TOKENIZER_CHECK=folder)."""
    training = [line for file in files for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    document = {"bpe": lambda: small.roberta(training, 8000), "unigram": lambda: small.xlm_roberta(training, 8000),
                "albert": lambda: small.albert(training, 8000), "wordpiece": lambda: small.wordpiece(training, 8000)}[kind]()
    write_json(folder / "tokenizer.json", document)
    lines = [line for file in files for line in file.read_text(encoding="utf-8").split("\n")]
    tokenizer = Tokenizer.from_str(json.dumps(document))
    started = time.process_time()
    for line in lines:
        tokenizer.encode(line)
    seconds = time.process_time() - started
    print(f"{kind}: {len(lines)} lines, {sum(map(len, lines))} characters, {seconds:.2f} s with Hugging Face tokenizers")
    write_json(folder / "expected.json", {"lines": lines, "digests": [small.digest(tokenizer.encode(line), [line]) for line in lines]})


def write_fixtures(model):
    vocabulary = small_vocabulary()
    document = tokenizer_document(vocabulary)
    write_json(FIXTURES / "small/tokenizer.json", document)
    (FIXTURES / "small-vocabulary").mkdir(exist_ok=True)
    (FIXTURES / "small-vocabulary/vocab.txt").write_text("\n".join(vocabulary) + "\n")
    write_json(FIXTURES / "small-vocabulary/tokenizer_config.json",
               {"do_lower_case": True, "tokenizer_class": "BertTokenizer", "mask_token": {"content": "[MASK]"},
                "added_tokens_decoder": {"4": document["added_tokens"][4]}})
    write_json(FIXTURES / "small.json", cases(Tokenizer.from_str(json.dumps(document))))
    cased = tokenizer_document(vocabulary, lowercase=False, clean_text=False, handle_chinese_chars=False)
    cased["added_tokens"] += [
        {"id": len(vocabulary), "content": "World", "single_word": True, "lstrip": False, "rstrip": True,
         "normalized": True, "special": False},
        {"id": len(vocabulary) + 1, "content": "caf\u00e9", "single_word": False, "lstrip": True, "rstrip": False,
         "normalized": False, "special": False}]
    write_json(FIXTURES / "cased/tokenizer.json", cased)
    write_json(FIXTURES / "cased.json", cases(Tokenizer.from_str(json.dumps(cased))))
    write_json(FIXTURES / "scalars.json", scalar_digests())
    write_families()
    if not (model / "tokenizer.json").exists() or not (WORDNET / "data.noun").exists():
        print(f"minilm.json is left as it is: {model} or {WORDNET} is missing", file=sys.stderr)
        return
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    all_glosses = list(glosses())
    chunks = [digest(tokenizer, all_glosses[i : i + 1000]) for i in range(0, len(all_glosses), 1000)]
    write_json(FIXTURES / "minilm.json", {**cases(tokenizer), "glosses": len(all_glosses), "glossDigests": chunks})


def ranges(codes):
    result = []
    for code in codes:
        if result and result[-1][1] == code - 1:
            result[-1][1] = code
        else:
            result.append([code, code])
    return [f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in result]


def mappings(table):
    """The compact form that `ScalarClasses.mappings` reads."""
    entries = sorted((code, tuple(map(ord, text))) for code, text in table.items())
    result, index = [], 0
    while index < len(entries):
        code, target = entries[index]
        best, step = 1, None
        for kind in [0, 1, 2]:  # all to one; neighbours; every second scalar
            count = 1
            while index + count < len(entries):
                offset = count * (kind or 1)
                wanted = target if kind == 0 else tuple(t + offset for t in target)
                if entries[index + count] != (code + offset, wanted):
                    break
                count += 1
            if count > best and (kind == 0 or count > 2):
                best, step = count, kind
        to = "+".join(f"{t:x}" for t in target)
        if best == 1:
            result.append(f"{code:x}={to}")
        elif step == 0:
            result.append(f"{code:x}-{code + best - 1:x}={to}")
        else:
            result.append(f"{code:x}-{code + (best - 1) * step:x}/{step}={to}")
        index += best
    return result


SCALARS = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def combining_classes():
    """Canonical combining classes as `tokenizers` has them: unicodedata's, for those marks that it
    sorts at all, checked against its order of pairs."""
    order = normalizers.NFD().normalize_str
    classes = {c: unicodedata.combining(chr(c)) for c in SCALARS if unicodedata.combining(chr(c))}
    classes = {c: k for c, k in classes.items()
               if order(f"a\u0345{chr(c)}") != f"a\u0345{chr(c)}" or order(f"a{chr(c)}\u0334") != f"a{chr(c)}\u0334"
               or c in (0x334, 0x345)}
    examples = {}
    for c, k in classes.items():
        if order(chr(c)) == chr(c):
            examples.setdefault(k, chr(c))
    for c, k in classes.items():
        if order(chr(c)) != chr(c):
            continue
        for other, example in examples.items():
            pair = f"a{chr(c)}{example}"
            assert (order(pair) != pair) == (k > other), f"{c:x} {k} {other}"
    return classes


def write_unicode():
    bert = lambda **on: normalizers.BertNormalizer(
        **{**dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False), **on})
    clean, han = bert(clean_text=True), bert(handle_chinese_chars=True)
    strip, lower = bert(strip_accents=True), bert(lowercase=True)
    canonical, compatible, composed = normalizers.NFD(), normalizers.NFKD(), normalizers.NFC()
    accents, words = normalizers.StripAccents(), pre_tokenizers.Whitespace()
    pre, digits = pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Digits(individual_digits=True)
    oniguruma = {name: pre_tokenizers.Split(Regex(pattern), "isolated") for name, pattern in
                 {"letters": r"\p{L}", "numbers": r"\p{N}", "digits": r"\d", "patternWords": r"\w"}.items()}
    found = {name: [] for name in ["removed", "spaces", "separators", "punctuation", "ideographs", "marks", "numeric",
                                   "words", "combining", "excluded", *oniguruma]}
    decompositions, compatibility, lowercase = {}, {}, {}
    for code in SCALARS:
        c = chr(code)
        cleaned = clean.normalize_str(f"a{c}b")
        if cleaned == "ab":
            found["removed"].append(code)
        elif cleaned == "a b":
            found["spaces"].append(code)
        if han.normalize_str(c) != c:
            found["ideographs"].append(code)
        cut = [word for word, _ in pre.pre_tokenize_str(f"a{c}b")]
        if cut == ["a", "b"]:
            found["separators"].append(code)
        elif cut == ["a", c, "b"]:
            found["punctuation"].append(code)
        if strip.normalize_str(c) == "":
            found["marks"].append(code)
        if accents.normalize_str(c) == "":
            found["combining"].append(code)
        if len(digits.pre_tokenize_str(f"a{c}b")) == 3:
            found["numeric"].append(code)
        if len(words.pre_tokenize_str(f"a{c}a")) == 1:
            found["words"].append(code)
        for name, splitter in oniguruma.items():
            if len(splitter.pre_tokenize_str(f"\u237b{c}\u237b")) == 3:
                found[name].append(code)
        if not 0xAC00 <= code < 0xD7A4:
            full = canonical.normalize_str(c)
            if full != c:
                decompositions[code] = full
                if len(full) > 1 and composed.normalize_str(c) != c:
                    found["excluded"].append(code)
            if compatible.normalize_str(c) != full:
                compatibility[code] = compatible.normalize_str(c)
        if lower.normalize_str(c) != c:
            lowercase[code] = lower.normalize_str(c)
    separators = set(found["separators"])
    spaces = pre_tokenizers.Split(Regex(r"\s"), "isolated")
    assert separators == {c for c in SCALARS if len(spaces.pre_tokenize_str(f"a{chr(c)}b")) == 3}
    is_ideograph = lambda c: 0xF900 <= c <= 0xFAFF or c >= 0x2F800
    ideographs = {c: t for c, t in decompositions.items() if is_ideograph(c)}
    others = {c: t for c, t in decompositions.items() if not is_ideograph(c)}
    classes = {code: chr(value) for code, value in combining_classes().items()}
    notes = {
        "removed": "Dropped by `clean_text`.",
        "spaces": "Spaces to `clean_text`.",
        "separators": "White space: where words are cut; `\\s`.",
        "punctuation": "Words of their own.",
        "ideographs": "Set apart by `handle_chinese_chars`.",
        "marks": "Dropped by `strip_accents`.",
    }
    parts = [(name, notes[name], ranges(found[name])) for name in notes]
    parts.append(("lowercase", "Scalar → lower case.", mappings(lowercase)))
    write_swift("UnicodeData+Classes.swift", parts, "enum UnicodeData {")
    notes = {
        "letters": "`\\p{L}` of Oniguruma.",
        "numbers": "`\\p{N}` of Oniguruma.",
        "digits": "`\\d` of Oniguruma.",
        "words": "`\\w` of the pre-tokeniser `Whitespace` and of added tokens.",
        "patternWords": "Where `\\w` of Oniguruma differs from `words`.",
        "numeric": "Where the pre-tokeniser `Digits` differs from `numbers`.",
    }
    found["patternWords"] = sorted(set(found["patternWords"]) ^ set(found["words"]))
    found["numeric"] = sorted(set(found["numeric"]) ^ set(found["numbers"]))
    write_swift("UnicodeData+Words.swift", [(name, notes[name], ranges(found[name])) for name in notes],
                "extension UnicodeData {")
    write_swift("UnicodeData+Marks.swift",
                [("combining", "Dropped by `StripAccents`.", ranges(found["combining"])),
                 ("combiningClasses", "Scalar → canonical combining class.", mappings(classes)),
                 ("excluded", "Never composed again.", ranges(found["excluded"]))],
                "extension UnicodeData {")
    write_swift("UnicodeData+Decompositions.swift",
                [("decompositions", "Scalar → full canonical decomposition.", mappings(others))],
                "extension UnicodeData {")
    write_swift("UnicodeData+Ideographs.swift",
                [("ideographDecompositions", "CJK compatibility ideograph → unified ideograph.", mappings(ideographs))],
                "extension UnicodeData {")
    for file, name, plane in [("Compatibility", "compatibility", 0), ("SupplementaryCompatibility", "supplementaryCompatibility", 1)]:
        part = {c: t for c, t in compatibility.items() if (c >= 0x10000) == plane}
        write_swift(f"UnicodeData+{file}.swift",
                    [(name, "Scalar → full compatibility decomposition, where it is another.", mappings(part))],
                    "extension UnicodeData {")


def write_swift(name, parts, opening):
    lines = [f"// Generated by scripts/fixtures_tokenization.py --unicode (tokenizers {__version__}).", "",
             "/// Hexadecimal; the forms are those that `ScalarClasses` reads.", opening]
    for index, (key, note, words) in enumerate(parts):
        lines += [""] * (index > 0) + [f"  /// {note}", f'  static let {key} = """']
        line = "   "
        for word in words:
            if len(line) + 1 + len(word) > 99:
                lines.append(line)
                line = "   "
            line += " " + word
        lines += [line, '    """']
    (SOURCES / name).write_text("\n".join(lines + ["}"]) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unicode", action="store_true")
    parser.add_argument("--model", type=pathlib.Path, default=ROOT / ".cache/models/all-MiniLM-L6-v2")
    parser.add_argument("--check", nargs="+", type=pathlib.Path)
    parser.add_argument("--by-hand", nargs="+", metavar=("KIND", "FILE"))
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("tokenizer-check"))
    options = parser.parse_args()
    if options.by_hand:
        by_hand(options.by_hand[0], [pathlib.Path(f) for f in options.by_hand[1:]], options.out)
    elif options.unicode:
        write_unicode()
    elif options.check:
        tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
        tokenizer.no_padding()
        for file in options.check:
            print(digest(tokenizer, file.read_text(encoding="utf-8").split("\n")), file)
    else:
        write_fixtures(options.model)


if __name__ == "__main__":
    main()
