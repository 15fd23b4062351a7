/// JSON in a mapped file. What `json` checked can be walked into without further errors.
extension MappedFile {
  /// The one JSON value of `range`.
  func json(_ range: Range<Int>) throws(JSONFailure) -> JSONSpan {
    let result = view { bytes -> Result<JSONSpan, JSONFailure> in
      var scanner = JSONScanner(bytes, range)
      do throws(JSONFailure) {
        return .success(try scanner.document())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// The whole file as one JSON value.
  /// - Throws: `EvaluationError` with the line and what is wrong there.
  func document() throws -> JSONSpan {
    do throws(JSONFailure) {
      return try json(start..<count)
    } catch {
      throw self.error(
        at: error.position, "not valid JSON (\(error.problem))",
        "write the file with a JSON library")
    }
  }

  /// The values of the members called `names`, in that order; of a name that stands twice the last.
  func members(_ names: [String], of object: JSONSpan) -> [JSONSpan?] {
    var found = [JSONSpan?](repeating: nil, count: names.count)
    forEachMember(of: object) { name, value in
      if let index = names.firstIndex(of: name) { found[index] = value }
    }
    return found
  }

  /// The member called `name`.
  func member(_ name: String, of object: JSONSpan) -> JSONSpan? { members([name], of: object)[0] }

  func memberNames(of object: JSONSpan) -> [String] {
    var names: [String] = []
    forEachMember(of: object) { name, _ in names.append(name) }
    return names
  }

  private func forEachMember(of object: JSONSpan, _ body: (String, JSONSpan) -> Void) {
    guard object.kind == .object else { return }
    view { bytes in
      var scanner = JSONScanner(bytes, object.range)
      // Checked before: nothing is thrown.
      try? scanner.object(depth: 0) { name, value in
        body(text(TextSpan(file: 0, form: .json, range: name)), value)
      }
    }
  }

  /// An array's elements; none when the value is no array.
  func elements(of array: JSONSpan) -> [JSONSpan] {
    guard array.kind == .array else { return [] }
    var elements: [JSONSpan] = []
    view { bytes in
      var scanner = JSONScanner(bytes, array.range)
      try? scanner.array(depth: 0) { elements.append($0) }
    }
    return elements
  }

  /// A string's text; nil when the value is none.
  func string(_ value: JSONSpan?) -> String? {
    guard let value, value.kind == .string else { return nil }
    return text(TextSpan(file: 0, form: .json, range: value.range))
  }
}
