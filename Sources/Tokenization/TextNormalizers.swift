/// One normaliser after the other.
struct NormalizerSequence: TextNormalizer {
  var normalizers: [any TextNormalizer]

  func normalize(_ text: inout AlignedText) {
    for normalizer in normalizers { normalizer.normalize(&text) }
  }
}

struct LowercaseNormalizer: TextNormalizer {
  func normalize(_ text: inout AlignedText) {
    let classes = ScalarClasses.shared
    text.rewrite { output, source in
      source.forEachScalar { scalar, _ in
        guard classes[scalar].contains(.uppercase) else {
          output.put(scalar)
          return
        }
        for (index, part) in classes.lowercase(of: scalar).enumerated() {
          output.put(part, min(index, 1))
        }
      }
    }
  }
}

/// Takes white space off the ends.
struct StripNormalizer: TextNormalizer {
  var left: Bool
  var right: Bool

  func normalize(_ text: inout AlignedText) {
    let classes = ScalarClasses.shared
    var first: Int?
    var last = 0
    text.forEachScalar { scalar, range in
      guard !classes[scalar].contains(.separator) else { return }
      if first == nil { first = range.lowerBound }
      last = range.upperBound
    }
    // A text of nothing but white space becomes empty, from whichever end.
    let isAll = first == nil && (left || right)
    let lower = isAll || left ? first ?? text.bytes.count : 0
    let upper = isAll || right ? max(lower, last) : text.bytes.count
    guard lower > 0 || upper < text.bytes.count else { return }
    text.rewrite { output, _ in
      output.drop(upTo: lower)
      output.copy(upTo: upper)
    }
  }
}

/// Drops combining marks.
struct StripAccentsNormalizer: TextNormalizer {
  func normalize(_ text: inout AlignedText) {
    let classes = ScalarClasses.shared
    text.filter { !classes[$0].contains(.combining) }
  }
}

/// Puts `content` before a text that is not empty.
struct PrependNormalizer: TextNormalizer {
  var content: [UInt8]

  func normalize(_ text: inout AlignedText) {
    guard !text.isEmpty else { return }
    text.rewrite { output, source in
      output.insert(content)
      output.copy(upTo: source.bytes.count)
    }
  }
}

/// The cleaning of sentencepiece's `nmt` rules.
struct NmtNormalizer: TextNormalizer {
  func normalize(_ text: inout AlignedText) {
    text.filter { scalar in
      switch scalar {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: false
      default: true
      }
    }
    text.map { scalar in
      switch scalar {
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
        32
      default: scalar
      }
    }
  }
}
