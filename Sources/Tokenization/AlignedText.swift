/// Text on its way through a tokenizer as UTF-8, and where each of its bytes came from.
struct AlignedText {
  private(set) var bytes: [UInt8]
  /// For each byte the range of the original text, in bytes, that it stands for; empty unless
  /// `isTracked`.
  private(set) var alignments: [Range<Int>] = []
  let isTracked: Bool

  /// `range` of the text `original`, unchanged.
  init(_ original: Span<UInt8>, range: Range<Int>, isTracked: Bool) {
    bytes = []
    bytes.reserveCapacity(range.count)
    for index in range { bytes.append(original[index]) }
    self.isTracked = isTracked
    guard isTracked else { return }
    alignments.reserveCapacity(range.count)
    var position = range.lowerBound
    while position < range.upperBound {
      let next = UTF8Scalars.scalar(in: original, at: position).next
      for _ in position..<next { alignments.append(position..<next) }
      position = next
    }
  }

  /// A whole text, of whose bytes nobody asks for the origin.
  init(untracked bytes: [UInt8]) {
    self.bytes = bytes
    isTracked = false
  }

  private init(isTracked: Bool) {
    bytes = []
    self.isTracked = isTracked
  }

  /// Takes bytes whose origin nobody asks for.
  mutating func replaceUntracked(with bytes: [UInt8]) { self.bytes = bytes }

  var isEmpty: Bool { bytes.isEmpty }

  /// The range of the original text that the bytes in `range` stand for; nil where they are none.
  func original(of range: Range<Int>) -> Range<Int>? {
    guard !range.isEmpty, range.lowerBound >= 0, range.upperBound <= alignments.count else {
      return nil
    }
    let lower = alignments[range.lowerBound].lowerBound
    return lower..<max(lower, alignments[range.upperBound - 1].upperBound)
  }

  /// Writes a text anew, scalar by scalar, in the words of Hugging Face's `NormalizedString`: what
  /// is written takes the place of what was there from the left to the right, whatever it is, so
  /// that alignments come out as they do there.
  struct Rewriter {
    let source: AlignedText
    fileprivate var output: AlignedText
    /// In `source.bytes`: what has been replaced so far.
    private var position = 0

    init(_ source: AlignedText) {
      self.source = source
      output = AlignedText(isTracked: source.isTracked)
      output.bytes.reserveCapacity(source.bytes.count)
      if source.isTracked { output.alignments.reserveCapacity(source.bytes.count) }
    }

    var result: AlignedText { consuming get { output } }

    /// How many bytes have been written.
    var count: Int { output.bytes.count }

    /// Drops the next `count` scalars of the source.
    mutating func skip(_ count: Int) {
      guard source.isTracked else { return }
      for _ in 0..<count { skipScalar() }
    }

    @inline(__always)
    private mutating func skipScalar() {
      guard position < source.bytes.count else { return }
      repeat {
        position += 1
      } while position < source.bytes.count
        && source.bytes[position] & 0xC0 == 0x80
    }

    /// Writes a scalar.
    ///
    /// - Parameter change: 0 when it replaces the next scalar of the source, -n when it replaces
    ///   that and n more, 1 when it is new and belongs to what was replaced last.
    @inline(__always)
    mutating func put(_ scalar: UInt32, _ change: Int = 0) {
      let before = output.bytes.count
      UTF8Scalars.append(scalar, to: &output.bytes)
      guard source.isTracked else { return }
      align(output.bytes.count - before, change)
    }

    private mutating func align(_ width: Int, _ change: Int) {
      let index = min(change > 0 ? position - 1 : position, source.alignments.count - 1)
      let alignment = index < 0 ? 0..<0 : source.alignments[index]
      for _ in 0..<width { output.alignments.append(alignment) }
      if change <= 0 {
        for _ in 0...(-change) { skipScalar() }
      }
    }

    /// Leaves out the source's bytes up to `start`.
    mutating func drop(upTo start: Int) { position = max(position, start) }

    /// Copies the source's bytes up to `end`.
    mutating func copy(upTo end: Int) {
      if source.isTracked { output.alignments += source.alignments[position..<end] }
      output.bytes += source.bytes[position..<end]
      position = end
    }

    /// Writes `content` for the source's bytes up to `end`; it belongs to the last of them.
    mutating func replace(upTo end: Int, with content: [UInt8]) {
      position = end
      output.bytes += content
      guard source.isTracked else { return }
      let alignment = end < 1 ? 0..<0 : source.alignments[end - 1]
      for _ in content { output.alignments.append(alignment) }
    }

    /// Writes `content`, which belongs to the source's next scalar.
    mutating func insert(_ content: [UInt8]) {
      output.bytes += content
      guard source.isTracked else { return }
      let alignment =
        position < source.alignments.count ? source.alignments[position] : 0..<0
      for _ in content { output.alignments.append(alignment) }
    }
  }

  /// Replaces the text by what `write` makes of it.
  mutating func rewrite(_ write: (inout Rewriter, _ source: AlignedText) -> Void) {
    var rewriter = Rewriter(self)
    write(&rewriter, self)
    self = rewriter.result
  }
}

extension AlignedText {
  /// Calls `body` with each scalar and the range of its bytes.
  @inline(__always)
  func forEachScalar(_ body: (UInt32, Range<Int>) -> Void) {
    let text = bytes.span
    var position = 0
    while position < text.count {
      let (scalar, next) = UTF8Scalars.scalar(in: text, at: position)
      body(scalar, position..<next)
      position = next
    }
  }
}
