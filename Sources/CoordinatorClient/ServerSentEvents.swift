import Foundation

/// Takes a server-sent event stream (the HTML standard's `text/event-stream`) apart as its bytes
/// arrive.
struct ServerSentEvents: Sendable {
  struct Event: Equatable, Sendable {
    var id: String?
    var event: String?
    var data: String
  }

  /// The stream is no event stream: a line is longer than any event may be.
  struct LineTooLong: Error {}

  static let maximumLineBytes = 1 << 20

  private var line: [UInt8] = []
  private var lastWasReturn = false
  private var id: String?
  private var event: String?
  private var data: [String] = []

  init() {}

  /// - Returns: The events that `bytes` complete.
  /// - Throws: `LineTooLong`.
  mutating func append(_ bytes: Data) throws -> [Event] {
    var events: [Event] = []
    for byte in bytes {
      let isFeedAfterReturn = byte == 10 && lastWasReturn
      lastWasReturn = byte == 13
      if isFeedAfterReturn { continue }
      guard byte == 10 || byte == 13 else {
        guard line.count < Self.maximumLineBytes else { throw LineTooLong() }
        line.append(byte)
        continue
      }
      if let event = endLine() { events.append(event) }
    }
    return events
  }

  private mutating func endLine() -> Event? {
    defer { line.removeAll(keepingCapacity: true) }
    guard !line.isEmpty else {
      defer {
        event = nil
        data = []
      }
      return data.isEmpty
        ? nil : Event(id: id, event: event, data: data.joined(separator: "\n"))
    }
    let text = String(decoding: line, as: UTF8.self)
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    var value = parts.count > 1 ? parts[1] : ""
    if value.hasPrefix(" ") { value.removeFirst() }
    switch parts[0] {
    case "id": id = String(value)
    case "event": event = String(value)
    case "data": data.append(String(value))
    default: break  // comments (an empty name), `retry`, and what may come
    }
    return nil
  }
}
