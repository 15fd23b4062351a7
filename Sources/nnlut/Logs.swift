import ArgumentParser
import Foundation
import Logging

/// One line per event: `TIME level label: message key=value …`, or JSON.
struct LineLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  let label: String
  let isJSON: Bool

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let level = event.level
    let message = event.message
    let explicit = event.metadata
    let merged = metadata.merging(explicit ?? [:]) { _, new in new }
    let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let line: String
    if isJSON {
      var fields = merged.mapValues { "\($0)" }
      fields["time"] = time
      fields["level"] = level.rawValue
      fields["logger"] = label
      fields["message"] = "\(message)"
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      line = (try? encoder.encode(fields)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    } else {
      let pairs = merged.sorted { $0.key < $1.key }
        .map { " \($0.key)=\(LogText.value("\($0.value)"))" }.joined()
      line = "\(time) \(level.rawValue) \(label): \(LogText.escaped("\(message)"))\(pairs)"
    }
    // A log that cannot be written is no reason to stop working.
    _ = StandardStream.write(line + "\n", to: STDERR_FILENO)
  }
}

struct LogOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Option(help: "text or json (NNLUT_LOG_FORMAT).") var logFormat: Format?
  @Option(help: "trace, debug, info, notice, warning, error, critical (NNLUT_LOG_LEVEL).")
  var logLevel: String?

  /// - Throws: ``UsageError`` for a format or level that there is not.
  func logger(_ label: String, settings: Settings) throws -> Logger {
    let format =
      try logFormat
      ?? Self.known(settings.text("log.format"), "log.format", Format.allCases)
      ?? .text
    let level =
      try Self.known(
        logLevel ?? settings.text("log.level"), "log.level", Logger.Level.allCases) ?? .info
    return Logger(label: label) { label in
      LineLogHandler(logLevel: level, label: label, isJSON: format == .json)
    }
  }

  private static func known<Value: RawRepresentable<String>>(
    _ text: String?, _ key: String, _ values: [Value]
  ) throws -> Value? {
    guard let text else { return nil }
    guard let value = Value(rawValue: text) else {
      let known = values.map(\.rawValue).joined(separator: ", ")
      throw UsageError(description: "\(key): '\(text)' is unknown; write \(known)")
    }
    return value
  }
}
