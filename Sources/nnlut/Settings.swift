import ArgumentParser
import Foundation
import Yams

/// Flags over environment (`NNLUT_…`) over file over defaults. `config/nnlut.yaml` lists the keys.
struct Settings: Sendable {
  private let values: [String: String]
  private let file: String

  static let keys: Set<String> = [
    "coordinator.host", "coordinator.port", "coordinator.lease", "coordinator.retain_jobs",
    "coordinator.retain_results", "coordinator.rate", "coordinator.connections", "database.url",
    "database.connections", "log.format",
    "log.level",
  ]

  init(file: String?) throws {
    guard let file else {
      values = [:]
      self.file = ""
      return
    }
    self.file = file
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: file)), bytes.count <= 1 << 20
    else {
      throw NotFound(description: "cannot read the configuration file \(file)")
    }
    let root: Node?
    do { root = try Yams.compose(yaml: String(decoding: bytes, as: UTF8.self)) } catch {
      throw UsageError(description: "\(file): \(error)")
    }
    var found: [String: String] = [:]
    if let root, root.mapping == nil, root.null == nil {
      throw UsageError(description: "\(file): expected sections such as `coordinator:`")
    }
    for (section, content) in root?.mapping ?? [:] {
      guard let name = section.string, let entries = content.mapping else {
        throw UsageError(description: "\(file): expected sections such as `coordinator:`")
      }
      for (key, value) in entries {
        let path = "\(name).\(key.string ?? "?")"
        guard Self.keys.contains(path) else {
          let line = key.mark.map { ":\($0.line)" } ?? ""
          throw UsageError(
            description: "\(file)\(line): unknown key \(path); known are "
              + Self.keys.sorted().joined(separator: ", "))
        }
        found[path] = value.string
      }
    }
    values = found
  }

  /// `NNLUT_COORDINATOR_PORT` for `coordinator.port`, else the file's value.
  func text(_ key: String) -> String? {
    let variable = "NNLUT_" + key.uppercased().replacing(".", with: "_")
    return ProcessInfo.processInfo.environment[variable] ?? values[key]
  }

  func string(_ key: String, flag: String?, default fallback: String) -> String {
    flag ?? text(key) ?? fallback
  }

  func integer(
    _ key: String, flag: Int?, default fallback: Int, in range: ClosedRange<Int>
  ) throws -> Int {
    let value: Int
    if let flag {
      value = flag
    } else if let text = text(key) {
      guard let number = Int(text) else {
        throw UsageError(description: "\(key): '\(text)' is no whole number")
      }
      value = number
    } else {
      value = fallback
    }
    guard range.contains(value) else {
      throw UsageError(
        description:
          "\(key): \(value) is out of range; write \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}

struct SettingsOptions: ParsableArguments {
  @Option(help: "A configuration file (NNLUT_CONFIG).") var config: String?

  func load() throws -> Settings {
    try Settings(file: config ?? ProcessInfo.processInfo.environment["NNLUT_CONFIG"])
  }
}
