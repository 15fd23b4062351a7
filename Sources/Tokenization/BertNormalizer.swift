/// BERT's text cleaning, exactly as the normaliser of that name in Hugging Face `tokenizers`: clean,
/// set ideographs apart, strip accents (NFD without nonspacing marks), lower case, in this order.
struct BertNormalizer: TextNormalizer {
  var cleansText = true
  var separatesIdeographs = true
  var stripsAccents = true
  var lowercases = true

  private let classes = ScalarClasses.shared

  init(
    cleansText: Bool = true, separatesIdeographs: Bool = true, stripsAccents: Bool? = nil,
    lowercases: Bool = true
  ) {
    self.cleansText = cleansText
    self.separatesIdeographs = separatesIdeographs
    self.stripsAccents = stripsAccents ?? lowercases
    self.lowercases = lowercases
  }

  func normalize(_ text: inout AlignedText) {
    guard text.isTracked else {
      var output: [UInt8] = []
      normalize(text.bytes.span, into: &output)
      text.replaceUntracked(with: output)
      return
    }
    trackedNormalize(&text)
  }

  /// All in one pass, for when nobody asks for offsets.
  func normalize(_ text: Span<UInt8>, into output: inout [UInt8]) {
    output.reserveCapacity(output.count + text.count)
    var pending = PendingMarks()
    var position = 0
    while position < text.count {
      let byte = text[position]
      if byte < 0x80 {
        if !pending.isEmpty { flush(&pending, into: &output) }
        appendASCII(byte, to: &output)
        position += 1
        continue
      }
      let (scalar, next) = UTF8Scalars.scalar(in: text, at: position)
      position = next
      append(scalar, pending: &pending, to: &output)
    }
    flush(&pending, into: &output)
  }

  @inline(__always)
  private func appendASCII(_ byte: UInt8, to output: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): output.append(lowercases ? byte | 0x20 : byte)
    case 9, 10, 13: output.append(cleansText ? 32 : byte)
    case ..<32, 127: if !cleansText { output.append(byte) }
    default: output.append(byte)
    }
  }

  private func append(
    _ scalar: UInt32, pending: inout PendingMarks, to output: inout [UInt8]
  ) {
    let flags = classes[scalar]
    if cleansText {
      if flags.contains(.removed) { return }
      if flags.contains(.space) {
        flush(&pending, into: &output)
        output.append(32)
        return
      }
    }
    let isApart = separatesIdeographs && flags.contains(.ideograph)
    if isApart {
      flush(&pending, into: &output)
      output.append(32)
    }
    if !stripsAccents {
      appendCased(scalar, to: &output)
    } else if flags.contains(.composed) {
      for part in classes.decomposition(of: scalar) {
        appendUnaccented(part, pending: &pending, to: &output)
      }
    } else {
      appendUnaccented(scalar, pending: &pending, to: &output)
    }
    if isApart {
      flush(&pending, into: &output)
      output.append(32)
    }
  }

  /// Appends a decomposed scalar unless it is an accent. NFD also sorts runs of combining marks, of
  /// which the spacing ones stay: they wait in `pending` until their run ends.
  private func appendUnaccented(
    _ scalar: UInt32, pending: inout PendingMarks, to output: inout [UInt8]
  ) {
    let combiningClass = classes.combiningClass(of: scalar)
    if combiningClass == 0 { flush(&pending, into: &output) }
    if classes[scalar].contains(.mark) { return }
    if combiningClass == 0 {
      appendCased(scalar, to: &output)
    } else {
      pending.append(scalar, combiningClass: combiningClass)
    }
  }

  private func flush(_ pending: inout PendingMarks, into output: inout [UInt8]) {
    guard !pending.isEmpty else { return }
    for scalar in pending.removeAll() { appendCased(scalar, to: &output) }
  }

  @inline(__always)
  private func appendCased(_ scalar: UInt32, to output: inout [UInt8]) {
    if lowercases, classes[scalar].contains(.uppercase) {
      for part in classes.lowercase(of: scalar) { UTF8Scalars.append(part, to: &output) }
    } else {
      UTF8Scalars.append(scalar, to: &output)
    }
  }
}
