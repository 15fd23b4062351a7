import Foundation
import Tokenization

extension FuzzTarget {
  /// `tokenizer.json` of each family, and the plain vocabulary files.
  static let tokenizers: [FuzzTarget] = [
    tokenizer("tokenizer-wordpiece", wordPiece), tokenizer("tokenizer-bpe", byteLevel),
    tokenizer("tokenizer-unigram", unigram),
    FuzzTarget(
      name: "vocab.txt", words: ["##", "[UNK]", "[CLS]"],
      corpus: { [Data("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\nthe\n".utf8)] },
      accepts: { input, scratch in
        reads {
          _ = try Scratch.file(input, "vocab.txt", in: scratch)
          try use(Tokenizer(directory: scratch))
        }
      }),
    FuzzTarget(
      name: "merges.txt", words: ["Ġ", "#version", " ", "a b"],
      corpus: { [Data("#version: 0.2\na b\nĠ a\nĠa b\n".utf8)] },
      accepts: { input, scratch in
        reads {
          let vocabulary = #"""
            {"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"<mask>":4,"a":5,"b":6,"Ġ":7,"ab":8,"Ġa":9,
            "Ġab":10}
            """#
          _ = try Scratch.file(Data(vocabulary.utf8), "vocab.json", in: scratch)
          _ = try Scratch.file(
            Data(#"{"model_type":"roberta"}"#.utf8), "config.json", in: scratch)
          _ = try Scratch.file(
            Data(#"{"tokenizer_class":"RobertaTokenizer"}"#.utf8), "tokenizer_config.json",
            in: scratch)
          _ = try Scratch.file(input, "merges.txt", in: scratch)
          try use(Tokenizer(directory: scratch))
        }
      }),
  ]

  private static func tokenizer(_ name: String, _ sample: String) -> FuzzTarget {
    FuzzTarget(
      name: name,
      words: [
        "\"type\":\"", "\"Sequence\"", "\"Replace\"", "\"pattern\":{\"Regex\":\"(a|b)+\"}",
        "\"Metaspace\"", "\"ByteLevel\"", "\"NFKC\"", "\"Precompiled\"", "\"unk_id\":",
        "\"merges\":[",
        "[0-9]{1,3}", "\\\\p{L}+", "(?i)",
      ],
      corpus: { [Data(sample.utf8)] },
      accepts: { input, scratch in
        reads {
          _ = try Scratch.file(input, "tokenizer.json", in: scratch)
          try use(Tokenizer(directory: scratch))
        }
      })
  }

  /// Tokens of texts with something of everything.
  private static func use(_ tokenizer: Tokenizer) throws {
    for text in ["", "a b ab  the cat's 123 \u{1F469}\u{200D}\u{1F4BB} e\u{301} 漢字 [MASK]<s>\0"] {
      _ = tokenizer.encode(text, maximumLength: 16)
      _ = tokenizer.encode(text, "b", maximumLength: 16)
      _ = tokenizer.encoding(text, maximumLength: 16)
    }
  }

  private static let wordPiece = #"""
    {"version":"1.0","added_tokens":[{"id":0,"content":"[PAD]","special":true},{"id":1,
    "content":"[UNK]","special":true},{"id":2,"content":"[CLS]","special":true},{"id":3,
    "content":"[SEP]","special":true}],"normalizer":{"type":"BertNormalizer","clean_text":true,
    "handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
    "pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":{"type":"TemplateProcessing",
    "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
    {"SpecialToken":{"id":"[SEP]","type_id":0}}],"pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},
    {"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
    "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]",
    "ids":[3],"tokens":["[SEP]"]}}},"model":{"type":"WordPiece","unk_token":"[UNK]",
    "continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{"[PAD]":0,"[UNK]":1,
    "[CLS]":2,"[SEP]":3,"a":4,"##b":5,"the":6,"cat":7}}}
    """#

  private static let byteLevel = #"""
    {"version":"1.0","added_tokens":[{"id":0,"content":"<s>","special":true},{"id":1,
    "content":"</s>","special":true}],"normalizer":null,"pre_tokenizer":{"type":"ByteLevel",
    "add_prefix_space":false,"trim_offsets":true,"use_regex":true},
    "post_processor":{"type":"RobertaProcessing","sep":["</s>",1],"cls":["<s>",0],
    "trim_offsets":true,"add_prefix_space":false},"model":{"type":"BPE","dropout":null,
    "unk_token":null,"continuing_subword_prefix":"","end_of_word_suffix":"","fuse_unk":false,
    "vocab":{"<s>":0,"</s>":1,"a":2,"b":3,"Ġ":4,"ab":5,"Ġa":6,"Ġab":7},
    "merges":["a b","Ġ a","Ġa b"]}}
    """#

  private static let unigram = #"""
    {"version":"1.0","added_tokens":[{"id":0,"content":"<unk>","special":true},{"id":1,
    "content":"</s>","special":true}],"normalizer":{"type":"Sequence","normalizers":[{"type":"NFKC"},
    {"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]},
    "pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
    "post_processor":{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}},
    {"SpecialToken":{"id":"</s>","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},
    {"Sequence":{"id":"B","type_id":0}}],"special_tokens":{"</s>":{"id":"</s>","ids":[1],
    "tokens":["</s>"]}}},"model":{"type":"Unigram","unk_id":0,"byte_fallback":false,
    "vocab":[["<unk>",0.0],["</s>",0.0],["▁",-2.0],["a",-3.0],["b",-3.5],["▁a",-2.5],["ab",-4.0]]}}
    """#
}
