"""Small tokenizers of every family, and what Hugging Face `tokenizers` makes of texts with them, for
scripts/fixtures_tokenization.py.

Trained on WordNet's glosses and the nasty texts with the trainers of `tokenizers`, which are
deterministic, and of `sentencepiece`, for Unigram with a charsmap.
"""

import hashlib
import json
import pathlib
import struct
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

MORE = [
    "a  b   c    ", "\n\n x\n y \n\n", " 's 't 're'll I'LL we'Ve '''s 'x", "\u00a0\u00a0a \u3000\u3000b \u2003", "x \t\n y", "\r\n\r\nline\r",
    "\u1100\u1161\u11a8 \u1100\u1161 \u11a8\uac00\u11a8 \ua960\ud7b0", "\x00", "a\x00b \x00\x00", "\x01\x02abc", "\x01\ufb01x\x02", "\u2460\u2461 \u337f \ufb03 \u00bd\u00bc \u33a8",
    "<mask> a <mask>", " <mask>  <mask> b", "\u3000<mask>", "<s>x</s> <pad><unk>", "<s", "``quoted'' text ``''", "12ab34 \u0663\u0664 5\u2075\u216b", "v1.2.3-rc4 (x86_64)",
    "\u2581already \u2581\u2581marked\u2581", "\ufeffbom first", "e\u0301\u0323 q\u0307\u0323 \u1e0b\u0323 \u0344\u0f73 a\u0345\u0301\u0334", "\u0958\u09dc\u0b5c \u2adc \ufb1d",
    "\u212b\u2126\u1e9b\u0323 \u3391 \ufdfa \u320e", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f \U0001f469\U0001f3fd\u200d\U0001f52c", "\u0e33 \u0eb3 \u0cc0 \u1fd3",
    "x" * 1200, "\u6f22" * 400, "ab" * 700 + " " + "ba" * 300, " " * 300 + "a", "a\u0300" * 300, "\u0600\u0601a\u0600 \u0d4ea", "don't \u2019s \u2018re",
    "the unbelievable transformations of organizations", "Hello WORLD Stra\u00dfe \u0130I\u0131i \u01c5", "a,b;c.d!e?f", "\u00ad\u200b\u200c\u200d\u2060", "\u0085\u2028\u2029\x0b\x0c\x1c\x1f",
    "\ufffd\ufffd bad \ufffd", "\u05d0\u05b7\u05d1 \u0644\u0627\u064b \u0643\u0651\u064e", "\u30cf\u309a \u30d1 \uff8a\uff9f \u3071", "one\u2581two three",
]


def train(tokenizer, trainer, texts):
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def roberta(texts, size, **options):
    tokenizer = Tokenizer(models.BPE(continuing_subword_prefix="", end_of_word_suffix=""))
    prefix = options.get("add_prefix_space", False)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    special = [AddedToken(t, lstrip=t == "<mask>", special=True) for t in SPECIAL]
    train(tokenizer, trainers.BpeTrainer(vocab_size=size, special_tokens=special, show_progress=False,
                                         initial_alphabet=pre_tokenizers.ByteLevel.alphabet()), texts)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=prefix)
    return json.loads(tokenizer.to_str())


def generative(texts, size):
    """GPT-2's parts in `Sequence`s, merges as texts, and NFC."""
    document = roberta(texts, size, add_prefix_space=True)
    document["model"]["merges"] = [" ".join(pair) for pair in document["model"]["merges"]]
    document["normalizer"] = {"type": "NFC"}
    document["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, document["pre_tokenizer"]]}
    special = lambda name, kind: {"SpecialToken": {"id": name, "type_id": kind}}
    document["post_processor"] = {"type": "Sequence", "processors": [
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
        {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}, special("</s>", 0)],
         "pair": [{"Sequence": {"id": "A", "type_id": 0}}, special("</s>", 0), {"Sequence": {"id": "B", "type_id": 1}}, special("</s>", 1)],
         "special_tokens": {"</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}}]}
    return document


def words(texts, size):
    """Scalars as symbols, a prefix inside of words and a suffix at their ends; no post-processor."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", continuing_subword_prefix="@@", end_of_word_suffix="</w>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    train(tokenizer, trainers.BpeTrainer(vocab_size=size, special_tokens=SPECIAL, show_progress=False, limit_alphabet=60,
                                         continuing_subword_prefix="@@", end_of_word_suffix="</w>"), texts)
    return json.loads(tokenizer.to_str())


def fallback(texts, size):
    """Llama's way: no words, spaces as U+2581, unknown scalars as bytes."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    special = SPECIAL + [f"<0x{byte:02X}>" for byte in range(256)]
    train(tokenizer, trainers.BpeTrainer(vocab_size=size, special_tokens=special, show_progress=False, limit_alphabet=60), texts)
    document = json.loads(tokenizer.to_str())
    document["added_tokens"] = document["added_tokens"][:5]
    document["pre_tokenizer"] = None
    document["normalizer"] = {"type": "Sequence", "normalizers": [
        {"type": "Prepend", "prepend": "\u2581"}, {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]}
    return document


def wordpiece(texts, size):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    train(tokenizer, trainers.WordPieceTrainer(vocab_size=size, show_progress=False, limit_alphabet=400,
                                               special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]), texts)
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return json.loads(tokenizer.to_str())


# Rules of sentencepiece's kind, in hexadecimal: what they say of control characters, white space,
# ligatures, full width and composition, in little.
RULES = """1\t\n2\t\n7f\t\nad\t\n200b\t20\n9\t20\na\t20\nd\t20\nd a\t20\na0\t20\n3000\t20\n2003\t20\nfeff\t
fb01\t66 69\nfb03\t66 66 69\n2460\t31\nbd\t31 2044 32\n337f\t682a 5f0f 4f1a 793e\nff21\t41\nff22\t42
65 301\te9\n41 30a\tc5\n212b\tc5\n1100 1161\tac00\n30cf 309a\t30d1\nff8a ff9f\t30d1\n2126\t3a9\nfdfa\t635 644 649
"""


def sentencepiece_parts(texts, size, **options):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        if "rules" in options:
            (folder / "rules.tsv").write_text(options["rules"])
            rule = {"normalization_rule_tsv": str(folder / "rules.tsv")}
        else:
            rule = {"normalization_rule_name": "nmt_nfkc"}
        (folder / "texts").write_text("\n".join(t for t in texts if "\x00" not in t and "\n" not in t))
        sentencepiece.SentencePieceTrainer.train(
            input=str(folder / "texts"), model_prefix=str(folder / "m"), vocab_size=size, model_type="unigram",
            minloglevel=2, character_coverage=0.9995, num_threads=1, byte_fallback=options.get("byte_fallback", False), **rule)
        model = sentencepiece_model_pb2.ModelProto.FromString((folder / "m.model").read_bytes())
    return model.normalizer_spec.precompiled_charsmap, [(p.piece, p.score) for p in model.pieces]


def unigram_document(vocabulary, unknown, charsmap, scheme="always", fallback=False):
    """XLM-R's parts."""
    tokenizer = Tokenizer(models.Unigram(vocabulary, unknown, fallback))
    tokenizer.normalizer = normalizers.Precompiled(charsmap)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme=scheme)])
    return tokenizer


def xlm_roberta(texts, size, **options):
    charsmap, pieces = sentencepiece_parts(texts, size, **options)
    vocabulary = [(name, 0.0) for name in SPECIAL[:4]] + pieces[3:] + [("<mask>", 0.0)]
    tokenizer = unigram_document(vocabulary, 3, charsmap)
    tokenizer.add_special_tokens([AddedToken(t, lstrip=t == "<mask>", special=True) for t in SPECIAL])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return json.loads(tokenizer.to_str())


def albert(texts, size, **options):
    charsmap, pieces = sentencepiece_parts([t.lower() for t in texts], size, **options)
    vocabulary = [("<pad>", 0.0), ("<unk>", 0.0), ("[CLS]", 0.0), ("[SEP]", 0.0), ("[MASK]", 0.0)] + pieces[3:]
    tokenizer = unigram_document(vocabulary, 1, charsmap)
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Replace("``", '"'), normalizers.Replace("''", '"'), normalizers.NFKD(), normalizers.StripAccents(),
        normalizers.Lowercase(), normalizers.Precompiled(charsmap)])
    tokenizer.add_special_tokens([AddedToken(t, lstrip=t == "[MASK]", special=True) for t in ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return json.loads(tokenizer.to_str())


def unigram_bytes(texts, size, **options):
    """One prefix at the very beginning, and bytes for what is unknown."""
    charsmap, pieces = sentencepiece_parts(texts, size, byte_fallback=True, **options)
    tokenizer = unigram_document(pieces, 0, charsmap, "first", True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Metaspace(prepend_scheme="first", split=True), pre_tokenizers.Digits(), pre_tokenizers.Punctuation("merged_with_previous")])
    tokenizer.add_special_tokens(["<s>", "</s>"])
    return json.loads(tokenizer.to_str())


def symbols(normalizer=None, pre_tokenizer=None, post_processor=None):
    """Every scalar a token, so that offsets show what each stage did with it."""
    known = [chr(c) for c in range(33, 127)] + list("\u0120\u2581\u00e9\u4e2d\u0301\uac00") + ["\u0120\u0120"]
    vocabulary = {token: index for index, token in enumerate(["<unk>", *known])}
    added = [{"id": len(vocabulary), "content": "<mask>", "single_word": False, "lstrip": True, "rstrip": False, "normalized": False, "special": True},
             {"id": len(vocabulary) + 1, "content": "World", "single_word": True, "lstrip": False, "rstrip": True, "normalized": True, "special": False}]
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": normalizer,
            "pre_tokenizer": pre_tokenizer, "post_processor": post_processor, "decoder": None,
            "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": None,
                      "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": vocabulary, "merges": []}}


def stages(charsmap):
    """Documents that have one stage each, and some that have stages which meet."""
    kind = lambda name, **options: {"type": name, **options}
    sequence = lambda *parts: {"type": "Sequence", "normalizers": list(parts)}
    replace = lambda pattern, content: kind("Replace", pattern=pattern, content=content)
    split = lambda pattern, behavior, invert=False: kind("Split", pattern=pattern, behavior=behavior, invert=invert)
    bert = dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True)
    precompiled = json.loads(charsmap)
    normalizer = [
        kind("NFC"), kind("NFD"), kind("NFKC"), kind("NFKD"), kind("Lowercase"), kind("StripAccents"), kind("Nmt"), precompiled,
        kind("Strip", strip_left=True, strip_right=False), kind("Strip", strip_left=False, strip_right=True), kind("Strip", strip_left=True, strip_right=True),
        kind("Prepend", prepend="\u2581"), kind("Prepend", prepend="ab"), kind("BertNormalizer", **bert), kind("BertNormalizer", **{**bert, "strip_accents": False}),
        replace({"String": "''"}, '"'), replace({"String": " "}, ""), replace({"Regex": " {2,}"}, "\u2581"), replace({"Regex": r"[^\S\n]+|\p{Mn}"}, "--"),
        sequence(kind("NFD"), kind("StripAccents"), kind("Lowercase"), kind("NFC")), sequence(kind("NFKD"), kind("Strip", strip_left=True, strip_right=True), precompiled),
        sequence(precompiled, kind("NFC"), replace({"String": "fi"}, "f-i-"), kind("Prepend", prepend="> ")),
    ]
    tiktoken = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    gpt2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
    behaviors = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
    metaspace = lambda scheme, cut=True: kind("Metaspace", replacement="\u2581", prepend_scheme=scheme, split=cut)
    level = lambda prefix, pattern=True: kind("ByteLevel", add_prefix_space=prefix, trim_offsets=True, use_regex=pattern)
    chain = lambda *parts: {"type": "Sequence", "pretokenizers": list(parts)}
    pre_tokenizer = [
        kind("Whitespace"), kind("WhitespaceSplit"), kind("BertPreTokenizer"), kind("Digits", individual_digits=True), kind("Digits", individual_digits=False),
        kind("CharDelimiterSplit", delimiter="a"), *[kind("Punctuation", behavior=b) for b in behaviors], metaspace("always"), metaspace("never"), metaspace("first"),
        metaspace("always", False), level(True), level(False), level(True, False), split({"Regex": gpt2}, "Isolated"), split({"Regex": tiktoken}, "Isolated"),
        split({"Regex": tiktoken}, "Removed", True), *[split({"Regex": r"\s+"}, b) for b in behaviors], *[split({"Regex": r"\w+|[^\w\s]+"}, b, True) for b in behaviors],
        *[split({"String": "'"}, b) for b in behaviors], split({"Regex": r"(?:ab)+?|b{2,3}[a-c]|\d(?=\D)"}, "Isolated"), split({"Regex": r"[^\P{L}a-m]|\p{Lu}\p{Ll}*|[\[\]\-x]"}, "Isolated"),
        chain(kind("WhitespaceSplit"), metaspace("always")), chain(kind("Punctuation"), metaspace("first")), chain(kind("Whitespace"), level(True)),
    ]
    roberta = kind("RobertaProcessing", sep=["</s>", 2], cls=["<s>", 1], trim_offsets=True, add_prefix_space=True)
    trim = lambda prefix: kind("ByteLevel", add_prefix_space=prefix, trim_offsets=True, use_regex=True)
    documents = [symbols(n) for n in normalizer] + [symbols(None, p) for p in pre_tokenizer]
    documents += [symbols(kind("Lowercase"), chain(kind("WhitespaceSplit"), metaspace("first"))), symbols(kind("Strip", strip_left=True, strip_right=False), metaspace("first"))]
    documents += [symbols(None, level(prefix, False), p) for prefix in [True, False] for p in [roberta, trim(True), trim(False)]]
    documents += [symbols(None, level(True, False), {"type": "Sequence", "processors": [trim(True), roberta]})]
    documents[-1]["model"]["merges"] = documents[-2]["model"]["merges"] = [["\u0120", "\u0120"]]
    return documents


def bytes_before(text):
    """For each place between scalars, the bytes before it."""
    places = [0]
    for c in text:
        places.append(places[-1] + len(c.encode()))
    return places


def digest(encoding, texts):
    """16 digits of the SHA-256 over an encoding, as little-endian int32: its length, ids, types,
    offsets in bytes, words and sequences. `texts`: of each sequence its text, or its words."""
    sequences = [-1 if s is None else s for s in encoding.sequence_ids]
    words = [-1 if s < 0 else w for w, s in zip(encoding.word_ids, sequences)]
    cache = {}
    values = [len(encoding.ids), *encoding.ids, *encoding.type_ids]
    for (lower, upper), word, sequence in zip(encoding.offsets, words, sequences):
        if sequence < 0:
            values += [0, 0]
            continue
        text = texts[sequence]
        key = (sequence, word) if isinstance(text, list) else sequence
        if key not in cache:
            cache[key] = bytes_before(text[word] if isinstance(text, list) else text)
        values += [cache[key][lower], cache[key][upper]]
    values += words + sequences
    return hashlib.sha256(struct.pack(f"<{len(values)}i", *values)).hexdigest()[:16]


PAIRS = [("one two three", "four"), ("", "second only"), ("first only", ""), ("  a b c", "  d e f g h i j k l m n o p q r s t u v w x y z"),
         ("What is caf\u00e9 \u65e5\u672c?", "The caf\u00e9 of Stra\u00dfe \u65e5\u672c\u8a9e is <mask> unbelievably  far away, isn't it? " * 4)]
WORDS = [["Hello", "world"], ["", "a", ""], [" New", "York ", "'s", "transformations"], ["\u65e5\u672c", "caf\u00e9s", "<mask>", "x" * 120], ["\u0301", "\ufb01ne", "12,5"], []]
WINDOWS = [(24, 0), (24, 8), (32, 15), (40, 3), (384, 128)]


def encodings(document, texts):
    """What `Tests/TokenizationTests` compares."""
    tokenizer = Tokenizer.from_str(json.dumps(document))
    single = [digest(tokenizer.encode(text), [text]) for text in texts]
    pairs, windows = [], []
    for index, (first, second) in enumerate(PAIRS):
        for limit in [6, 9, 20, 512]:
            tokenizer.enable_truncation(limit)
            pairs.append({"pair": index, "limit": limit, "digest": digest(tokenizer.encode(first, second), [first, second])})
        for limit, stride in WINDOWS:
            tokenizer.no_truncation()
            length = lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)
            room = limit - tokenizer.num_special_tokens_to_add(True) - length(first)
            if length(second) > room <= stride:  # `tokenizers` panics
                windows.append({"pair": index, "limit": limit, "stride": stride})
                continue
            tokenizer.enable_truncation(limit, stride=stride, strategy="only_second")
            encoding = tokenizer.encode(first, second)
            types = {s: t for s, t in zip(encoding.sequence_ids, encoding.type_ids)}
            found = []
            for window in [encoding, *encoding.overflowing]:
                # It gives windows after the first another type where the template gives one, and
                # without a post-processor no sequence.
                agrees = window is encoding or document["post_processor"] is not None and all(types[s] == t for s, t in zip(window.sequence_ids, window.type_ids) if s == 1 and s in types)
                found.append(digest(window, [first, second]) if agrees else None)
            windows.append({"pair": index, "limit": limit, "stride": stride, "digests": found})
    words = []
    for index, cut in enumerate(WORDS):
        for limit in [5, 512]:
            tokenizer.enable_truncation(limit)
            words.append({"words": index, "limit": limit, "digest": digest(tokenizer.encode(cut, is_pretokenized=True), [cut])})
    return {"texts": single, "pairs": pairs, "windows": windows, "words": words}
