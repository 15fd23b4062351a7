import Foundation
import Yams

/// A value of a job file with its place and key, for messages.
struct YAMLNode {
  let key: String
  private let node: Node
  private let file: String

  init(_ node: Node, key: String, file: String) {
    self.node = node
    self.key = key
    self.file = file
  }

  func error(_ problem: String) -> JobFileError {
    JobFileError(
      file: file, line: node.mark?.line, column: node.mark?.column, key: key, problem: problem)
  }

  /// What the value is, for messages.
  private var found: String {
    switch node {
    case .scalar(let scalar): "'\(scalar.string.prefix(80))'"
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  /// Whether it is a value and neither list nor mapping.
  var isScalar: Bool { node.scalar != nil }

  var isMapping: Bool { if case .mapping = node { true } else { false } }

  /// The text of a scalar, quoted or plain; nothing for `null` and an empty value.
  private var scalarText: String? {
    guard let scalar = node.scalar else { return nil }
    if scalar.style == .plain, ["", "~", "null", "Null", "NULL"].contains(scalar.string) {
      return nil
    }
    return scalar.string
  }

  private var isPlain: Bool { node.scalar?.style == .plain || node.scalar?.style == .any }

  /// A mapping's members, all of whose keys must be among `known`.
  func members(known: [String]) throws -> YAMLMembers {
    guard case .mapping(let mapping) = node else {
      throw error("\(found) where a mapping with \(known.joined(separator: ", ")) is wanted")
    }
    var members: [String: YAMLNode] = [:]
    for (keyNode, value) in mapping {
      guard let name = keyNode.scalar?.string else {
        throw YAMLNode(keyNode, key: key, file: file).error("a key must be plain text")
      }
      let path = key.isEmpty ? name : "\(key).\(name)"
      guard known.contains(name) else {
        let nearest = NearestName.of(name, among: known)
        throw YAMLNode(keyNode, key: String(path.prefix(200)), file: file).error(
          "unknown key; "
            + (nearest.map { "did you mean \($0)?" } ?? "known: \(known.joined(separator: ", "))"))
      }
      members[name] = YAMLNode(value, key: path, file: file)
    }
    return YAMLMembers(owner: self, members: members)
  }

  /// A list's elements, at most `limit`.
  func list(limit: Int) throws -> [YAMLNode] {
    guard case .sequence(let sequence) = node else {
      throw error("\(found) where a list is wanted")
    }
    guard !sequence.isEmpty else { throw error("the list is empty; write at least one") }
    guard sequence.count <= limit else {
      throw error("\(sequence.count) elements; at most \(limit)")
    }
    return sequence.enumerated().map { YAMLNode($1, key: "\(key)[\($0)]", file: file) }
  }

  /// A list's elements, or the value itself as the only one.
  func oneOrMore(limit: Int) throws -> [YAMLNode] {
    if case .sequence = node { try list(limit: limit) } else { [self] }
  }

  func text(_ what: String = "text") throws -> String {
    guard let text = scalarText, !text.isEmpty else {
      throw error("\(node.scalar == nil ? found : "nothing") where \(what) is wanted")
    }
    return text
  }

  func integer<Value: FixedWidthInteger>(in range: ClosedRange<Value>) throws -> Value {
    let span = "\(range.lowerBound) to \(range.upperBound)"
    guard isPlain, let text = scalarText, let number = Double(text) else {
      throw error("\(found) is no whole number; write \(span)")
    }
    guard let value = Value(text) else {
      throw error(
        number.isFinite && number == number.rounded()
          ? "\(text) is out of range; write \(span)" : "\(text) is no whole number; write \(span)")
    }
    guard range.contains(value) else { throw error("\(text) is out of range; write \(span)") }
    return value
  }

  func number(in range: ClosedRange<Double>) throws -> Double {
    guard isPlain, let text = scalarText, let value = Double(text), value.isFinite else {
      throw error("\(found) is no number; write \(range.lowerBound) to \(range.upperBound)")
    }
    guard range.contains(value) else {
      throw error("\(text) is out of range; write \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func boolean() throws -> Bool {
    switch isPlain ? scalarText : nil {
    case "true": return true
    case "false": return false
    default: throw error("\(found) is neither true nor false")
    }
  }

  func choice<Value: RawRepresentable & CaseIterable>(_: Value.Type) throws -> Value
  where Value.RawValue == String {
    let names = Value.allCases.map(\.rawValue)
    let text = try text("one of \(names.joined(separator: ", "))")
    guard let value = Value(rawValue: text) else {
      throw error("\(found) is unknown; write \(names.joined(separator: ", "))")
    }
    return value
  }
}

/// The members of one mapping.
struct YAMLMembers {
  let owner: YAMLNode
  let members: [String: YAMLNode]

  subscript(name: String) -> YAMLNode? { members[name] }

  func required(_ name: String) throws -> YAMLNode {
    guard let node = members[name] else { throw owner.error("the key '\(name)' is missing") }
    return node
  }
}
