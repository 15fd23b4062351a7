import Foundation

/// A reader, inputs that it accepts, and what is done with an input.
struct FuzzTarget: Sendable {
  let name: String
  /// Words of the format, put into inputs.
  var words: [String] = []
  let corpus: @Sendable () throws -> [Data]
  /// Reads one input in all the ways that a worker would, and says whether it was accepted.
  let accepts: @Sendable (_ input: Data, _ scratch: URL) -> Bool

  static let all: [FuzzTarget] = [.safetensors, .configuration] + tokenizers + data + [.jobFile]

  static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }

  /// Runs `read`; an error is a refusal.
  static func reads(_ read: () throws -> Void) -> Bool {
    do {
      try read()
      return true
    } catch {
      // The message must be printable too.
      _ = "\(error)".utf8.count
      return false
    }
  }
}
