/// The same one step after the other, each keeping where its text came from.
extension BertNormalizer {
  func trackedNormalize(_ text: inout AlignedText) {
    let classes = ScalarClasses.shared
    if cleansText {
      text.filter { !classes[$0].contains(.removed) }
      text.map { classes[$0].contains(.space) ? 32 : $0 }
    }
    if separatesIdeographs {
      text.rewrite { output, source in
        source.forEachScalar { scalar, _ in
          if classes[scalar].contains(.ideograph) {
            output.put(32)
            output.put(scalar, 1)
            output.put(32, 1)
          } else {
            output.put(scalar)
          }
        }
      }
    }
    if stripsAccents {
      UnicodeNormalizer(.canonicalDecomposition).normalize(&text)
      text.filter { !classes[$0].contains(.mark) }
    }
    if lowercases { LowercaseNormalizer().normalize(&text) }
  }
}
