import Foundation
import Jobs
import Models
import Safetensors

extension FuzzTarget {
  static let safetensors = FuzzTarget(
    name: "safetensors",
    words: ["\"dtype\":\"F32\"", "\"F16\"", "\"shape\":[", "\"data_offsets\":[0,", "__metadata__"],
    corpus: {
      var writer = SafetensorsWriter(metadata: ["format": "pt"])
      try writer.add(name: "a.weight", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6])
      try writer.add(name: "b", shape: [4], floats: [1, 2, 3, 4])
      try writer.add(name: "half", dtype: .f16, shape: [2], bytes: Data([0, 60, 0, 64]))
      return [try writer.encoded()]
    },
    accepts: { input, scratch in
      reads {
        let file = try Scratch.file(input, "model.safetensors", in: scratch)
        let weights = try SafetensorsFile(contentsOf: file)
        for name in weights.tensorNames {
          let view = try weights.tensor(name)
          _ = view.withBytes { $0.reduce(0) { $0 &+ Int($1) } }
          if [.f32, .f16, .bf16].contains(view.dtype) { _ = try view.floats() }
        }
      }
    })

  static let configuration = FuzzTarget(
    name: "configuration",
    words: [
      "\"hidden_size\":", "\"num_attention_heads\":", "\"model_type\":", "\"albert\"",
      "\"mobilebert\"", "\"id2label\":{\"0\":\"a\"}", "\"num_labels\":", "\"architectures\":[",
    ],
    corpus: {
      let sizes = """
        "hidden_size":16,"num_hidden_layers":2,"num_attention_heads":2,"intermediate_size":32,
        "vocab_size":60,"max_position_embeddings":40,"type_vocab_size":2,"layer_norm_eps":1e-12
        """
      return [
        #"{"model_type":"bert","architectures":["BertModel"],"hidden_act":"gelu",\#(sizes)}"#,
        """
        {"model_type":"roberta","architectures":["RobertaForSequenceClassification"],
        "id2label":{"0":"no","1":"yes"},"pad_token_id":1,"hidden_act":"gelu",\(sizes)}
        """,
        """
        {"model_type":"distilbert","architectures":["DistilBertForMaskedLM"],"dim":16,"n_layers":2,
        "n_heads":2,"hidden_dim":32,"vocab_size":60,"max_position_embeddings":40,
        "activation":"gelu"}
        """,
      ].map { Data($0.utf8) }
    },
    accepts: { input, _ in
      reads {
        let model = try ModelDescription(configuration: input)
        // Sizes may be large: what is made from them is the reader's business only when small.
        guard model.layers <= 64 else { return }
        _ = model.sites.count + model.expectedTensors.count
      }
    })

  static let jobFile = FuzzTarget(
    name: "job-file", words: ["entries: ", "auto", "[4, 8]", "- {", "&a", "*a", "!!int", "---"],
    corpus: {
      [
        Data(
          """
          apiVersion: nnlut/v1
          kind: CalibrationJob
          metadata: {name: sample}
          model: {source: "hf://owner/name", precision: fp32}
          calibration: {data: {source: "file:text.txt"}, samples: 64, range: percentile, seed: 1}
          evaluation:
            - {kind: classification, data: {source: "file:sst2"}, metric: accuracy, labels: [a, b]}
          variants:
            - {approximator: nn-lut, entries: [4, 16], format: [fp32, int8], scope: per-site}
            - {approximator: linear-lut, entries: 16}
          publish: {name: sample, require: {maxDrop: 0.01}, minimize: area}
          """.utf8)
      ]
    },
    accepts: { input, _ in
      reads {
        let job = try JobSpecification(yaml: String(decoding: input, as: UTF8.self), file: "job")
        _ = try job.encoded()
      }
    })
}

/// Files for readers that want a path.
enum Scratch {
  static func file(_ bytes: Data, _ name: String, in folder: URL) throws -> URL {
    let place = folder.appending(path: name)
    try bytes.write(to: place)
    return place
  }
}
