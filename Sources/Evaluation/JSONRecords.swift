/// The objects of a JSON Lines file, or of a file that is one array of objects.
struct JSONRecords {
  let file: MappedFile

  /// Hands every object to `body`, until that returns false.
  /// - Throws: `EvaluationError` with the line of what is no JSON object, and what `body` throws.
  func visit(_ body: (JSONSpan) throws -> Bool) throws {
    guard !isArray else {
      for element in file.elements(of: try file.document()) {
        guard element.kind == .object else {
          throw file.error(
            at: element.range.lowerBound, "an element of the array is no object",
            "write one object a record")
        }
        guard try body(element) else { return }
      }
      return
    }
    var lines = LineReader(file)
    while let line = try lines.nextFilled() {
      guard try body(object(line)) else { return }
    }
  }

  /// The object that is one line.
  func object(_ line: LineReader.Line) throws -> JSONSpan {
    let reason: String
    do throws(JSONFailure) {
      let value = try file.json(line.range)
      if value.kind == .object { return value }
      reason = "it is another value"
    } catch {
      reason = error.problem
    }
    throw EvaluationError(
      file: file.path, line: line.number, problem: "the line is no JSON object (\(reason))",
      remedy: "write one JSON object a line")
  }

  private var isArray: Bool {
    file.view { bytes in
      var index = file.start
      while [32, 9, 10, 13].contains(bytes[index]) { index += 1 }
      return bytes[index] == UInt8(ascii: "[")
    }
  }
}
