/// NFD, NFKD, NFC and NFKC, with the tables and the alignments of Hugging Face `tokenizers`.
struct UnicodeNormalizer: TextNormalizer {
  enum Form: String, CaseIterable, Sendable {
    case canonicalDecomposition = "NFD"
    case compatibilityDecomposition = "NFKD"
    case canonicalComposition = "NFC"
    case compatibilityComposition = "NFKC"

    var composes: Bool { self == .canonicalComposition || self == .compatibilityComposition }
    var isCompatibility: Bool {
      self == .compatibilityDecomposition || self == .compatibilityComposition
    }
  }

  let form: Form
  private let classes = ScalarClasses.shared
  /// What else is decomposed for compatibility.
  private let compatibility: [UInt32: [UInt32]]
  private let compositions: [UInt64: UInt32]

  init(_ form: Form) {
    self.form = form
    compatibility = form.isCompatibility ? CompositionTables.compatibility : [:]
    compositions = form.composes ? CompositionTables.compositions : [:]
  }

  /// A scalar on its way out: `change` as `AlignedText.Rewriter` takes it.
  private struct Item {
    var scalar: UInt32
    var change: Int
    var combiningClass: UInt8
  }

  func normalize(_ text: inout AlignedText) {
    guard text.bytes.contains(where: { $0 >= 0x80 }) else { return }
    text.rewrite { output, source in
      var state = Composition()
      var run: [Item] = []
      source.forEachScalar { scalar, _ in
        decompose(scalar) { part, isFirst in
          let item = Item(
            scalar: part, change: isFirst ? 0 : 1, combiningClass: classes.combiningClass(of: part))
          if item.combiningClass == 0 { flush(&run, &state, &output) }
          run.append(item)
        }
      }
      flush(&run, &state, &output)
      state.finish(&output)
    }
  }

  @inline(__always)
  private func decompose(_ scalar: UInt32, _ body: (UInt32, Bool) -> Void) {
    if scalar >= 0x80 {
      let parts =
        compatibility[scalar]
        ?? (classes[scalar].contains(.composed) ? classes.decomposition(of: scalar) : nil)
      if let parts {
        for (index, part) in parts.enumerated() { body(part, index == 0) }
        return
      }
    }
    body(scalar, true)
  }

  /// Hands on a starter and the marks behind it, sorted by class.
  private func flush(
    _ run: inout [Item], _ state: inout Composition, _ output: inout AlignedText.Rewriter
  ) {
    if run.count > 2 || run.first.map({ $0.combiningClass > 0 }) == true {
      run = run.enumerated().sorted {
        ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
      }.map(\.element)
    }
    for item in run {
      if form.composes {
        state.add(item, compositions, &output)
      } else {
        output.put(item.scalar, item.change)
      }
    }
    run.removeAll(keepingCapacity: true)
  }

  /// Composes a decomposed, sorted text (The Unicode Standard, section 3.11).
  private struct Composition {
    private var starter: Item?
    /// Marks behind the starter that did not combine with it.
    private var marks: [Item] = []

    mutating func add(
      _ item: Item, _ compositions: [UInt64: UInt32], _ output: inout AlignedText.Rewriter
    ) {
      guard let held = starter else {
        if item.combiningClass == 0 {
          starter = item
        } else {
          output.put(item.scalar, item.change)
        }
        return
      }
      let isBlocked = marks.last.map { $0.combiningClass >= item.combiningClass } ?? false
      if !isBlocked, let whole = Self.compose(held.scalar, item.scalar, compositions) {
        starter = Item(scalar: whole, change: held.change + item.change - 1, combiningClass: 0)
      } else if item.combiningClass == 0 {
        finish(&output)
        starter = item
      } else {
        marks.append(item)
      }
    }

    mutating func finish(_ output: inout AlignedText.Rewriter) {
      if let starter { output.put(starter.scalar, starter.change) }
      for mark in marks { output.put(mark.scalar, mark.change) }
      starter = nil
      marks.removeAll(keepingCapacity: true)
    }

    private static func compose(
      _ first: UInt32, _ second: UInt32, _ compositions: [UInt64: UInt32]
    ) -> UInt32? {
      guard second >= 0x300 else { return nil }
      return Hangul.composition(of: first, second)
        ?? compositions[UInt64(first) << 32 | UInt64(second)]
    }
  }
}

/// What only some normalisers need.
enum CompositionTables {
  static let compatibility = UnicodeData.mappings(
    UnicodeData.compatibility + "\n" + UnicodeData.supplementaryCompatibility)

  /// Pair of scalars (the first in the upper half) → the scalar that canonically decomposes to it.
  static let compositions: [UInt64: UInt32] = {
    let excluded = Set(UnicodeData.ranges(UnicodeData.excluded).joined())
    let decomposed = ScalarClasses.shared.decomposed.filter {
      $0.value.count > 1 && !excluded.contains($0.key)
    }
    let wholes = Dictionary(
      decomposed.map { ($0.value, $0.key) }, uniquingKeysWith: { min($0, $1) })
    var compositions: [UInt64: UInt32] = [:]
    for (whole, parts) in decomposed {
      guard let last = parts.last else { continue }
      let head = Array(parts.dropLast())
      guard let first = head.count == 1 ? head[0] : wholes[head] else { continue }
      compositions[UInt64(first) << 32 | UInt64(last)] = whole
    }
    return compositions
  }()
}
