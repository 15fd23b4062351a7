import Foundation
import Jobs

/// JSON on standard output, as the API writes it, but for people.
enum Output {
  static func json(_ value: some Encodable) throws {
    let encoder = WireFormat.encoder()
    encoder.outputFormatting.insert(.prettyPrinted)
    Terminal.write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
  }
}
