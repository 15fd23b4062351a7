/// sentencepiece's `precompiled_charsmap`: a double array (Aoe, 1989, as Darts-clone stores it) from
/// texts to places in a string of replacements, each of which ends with NUL.
struct CharacterMap: Sendable {
  /// Why a map cannot be read.
  struct Damage: Error {
    var problem: String
  }

  private let units: [UInt32]
  private let replacements: [UInt8]

  /// - Parameter bytes: the length of the double array in bytes (32 bits, least significant first),
  ///   the array, the replacements in UTF-8.
  /// - Throws: `Damage` when something points outside.
  init(_ bytes: [UInt8]) throws {
    guard bytes.count >= 4 else { throw Damage(problem: "it is shorter than its header") }
    func word(_ index: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[4 * index + $1]) << (8 * $1) }
    }
    let length = Int(word(0))
    guard length > 0, length % 4 == 0, length <= bytes.count - 4 else {
      throw Damage(problem: "its tree of \(length) bytes does not fit \(bytes.count) bytes")
    }
    units = (1...length / 4).map(word)
    replacements = Array(bytes[(4 + length)...])
    guard String(validating: replacements, as: UTF8.self) != nil else {
      throw Damage(problem: "its replacements are not valid UTF-8")
    }
    try check()
  }

  /// Visits everything that a search can reach.
  private func check() throws {
    var isVisited = [Bool](repeating: false, count: units.count)
    var waiting = [Self.offset(units[0])]
    while let node = waiting.popLast() {
      for label in 1...255 {
        let child = node ^ label
        // Equal subtrees are stored once, so that a unit can be reached in several ways.
        guard child < units.count, Self.label(units[child]) == UInt32(label), !isVisited[child]
        else { continue }
        isVisited[child] = true
        let next = child ^ Self.offset(units[child])
        if Self.hasLeaf(units[child]) {
          guard next < units.count, isStart(Int(units[next] & 0x7FFF_FFFF)) else {
            throw Damage(problem: "its tree points outside the replacements")
          }
        }
        waiting.append(next)
      }
    }
  }

  /// Whether a scalar, or the NUL that ends an empty replacement, begins at `position`.
  private func isStart(_ position: Int) -> Bool {
    position < replacements.count && replacements[position] & 0xC0 != 0x80
  }

  private static func hasLeaf(_ unit: UInt32) -> Bool { unit >> 8 & 1 == 1 }

  private static func label(_ unit: UInt32) -> UInt32 { unit & 0x8000_00FF }

  private static func offset(_ unit: UInt32) -> Int {
    Int(unit >> 10) << Int((unit & 0x200) >> 6)
  }

  /// The replacement of the shortest beginning of the text in `range` that has one.
  ///
  /// The shortest, where sentencepiece takes the longest: Hugging Face `tokenizers` does so.
  func replacement(of text: Span<UInt8>, _ range: Range<Int>) -> ArraySlice<UInt8>? {
    var node = Self.offset(units[0])
    for index in range {
      let byte = text[index]
      guard byte != 0 else { return nil }
      node ^= Int(byte)
      guard node < units.count else { return nil }
      let unit = units[node]
      guard Self.label(unit) == UInt32(byte) else { return nil }
      node ^= Self.offset(unit)
      if Self.hasLeaf(unit) {
        let start = Int(units[node] & 0x7FFF_FFFF)
        return replacements[start...].prefix { $0 != 0 }
      }
    }
    return nil
  }
}

/// Replaces characters by a map, grapheme clusters of up to five bytes as a whole, others scalar by
/// scalar.
struct PrecompiledNormalizer: TextNormalizer {
  private let map: CharacterMap
  /// Whether the map leaves an ASCII character as it is.
  private let keeps: [Bool]

  init(_ map: CharacterMap) {
    self.map = map
    keeps = (UInt8(0)..<128).map { byte in
      let text = [byte]
      return map.replacement(of: text.span, 0..<1) == nil
    }
  }

  /// What is written waits until it is known what is dropped behind it.
  private struct Writer {
    private var last: (scalar: UInt32, change: Int)?

    mutating func put(_ scalar: UInt32, _ change: Int, _ output: inout AlignedText.Rewriter) {
      finish(&output)
      last = (scalar, change)
    }

    /// Drops `count` scalars behind what was written last; at the beginning that goes unnoticed.
    mutating func drop(_ count: Int) { last?.change -= count }

    mutating func finish(_ output: inout AlignedText.Rewriter) {
      if let last { output.put(last.scalar, last.change) }
    }
  }

  func normalize(_ text: inout AlignedText) {
    let isKept = text.bytes.indices.allSatisfy { index in
      text.bytes[index] < 0x80 && keeps[Int(text.bytes[index])]
    }
    guard !isKept else { return }
    text.rewrite { output, source in
      let bytes = source.bytes.span
      var writer = Writer()
      Self.forEachCluster(in: source.bytes) { range in
        if range.count < 6, let replacement = map.replacement(of: bytes, range) {
          write(replacement, for: range, of: bytes, &writer, &output)
          return
        }
        var position = range.lowerBound
        while position < range.upperBound {
          let (scalar, next) = UTF8Scalars.scalar(in: bytes, at: position)
          if let replacement = map.replacement(of: bytes, position..<next) {
            write(replacement, for: position..<next, of: bytes, &writer, &output)
          } else {
            writer.put(scalar, 0, &output)
          }
          position = next
        }
      }
      writer.finish(&output)
    }
  }

  private func write(
    _ replacement: ArraySlice<UInt8>, for range: Range<Int>, of text: Span<UInt8>,
    _ writer: inout Writer, _ output: inout AlignedText.Rewriter
  ) {
    let old = range.reduce(0) { $0 + (text[$1] & 0xC0 == 0x80 ? 0 : 1) }
    let scalars = String(decoding: replacement, as: UTF8.self).unicodeScalars.map(\.value)
    for (index, scalar) in scalars.enumerated() {
      writer.put(scalar, index < old ? 0 : 1, &output)
    }
    if scalars.count < old { writer.drop(old - scalars.count) }
  }

  /// Calls `body` with each extended grapheme cluster.
  private static func forEachCluster(in bytes: [UInt8], _ body: (Range<Int>) -> Void) {
    var position = 0
    while position < bytes.count {
      // Between ASCII characters there is always a bound, but for CR LF.
      var end = position + 1
      while end < bytes.count,
        bytes[end - 1] >= 0x80 || bytes[end] >= 0x80 || (bytes[end - 1] == 13 && bytes[end] == 10)
      {
        end += 1
      }
      if end == position + 1 {
        body(position..<end)
      } else {
        for character in String(decoding: bytes[position..<end], as: UTF8.self) {
          let next = position + character.utf8.count
          body(position..<next)
          position = next
        }
      }
      position = end
    }
  }
}
