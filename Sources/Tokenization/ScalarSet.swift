/// A set of scalars as a pattern writes it.
struct ScalarSet: Sendable {
  enum Item: Sendable {
    case range(ClosedRange<UInt32>)
    /// Those with any of the flags.
    case flags(ScalarClasses.Flags)
    case categories([Unicode.GeneralCategory])
    indirect case set(ScalarSet)
  }

  var items: [Item]
  var isNegated = false

  func contains(_ scalar: UInt32) -> Bool {
    let isFound = items.contains { item in
      switch item {
      case .range(let range): range.contains(scalar)
      case .flags(let flags): !ScalarClasses.shared[scalar].isDisjoint(with: flags)
      case .categories(let categories):
        Unicode.Scalar(scalar).map { categories.contains($0.properties.generalCategory) } ?? false
      case .set(let set): set.contains(scalar)
      }
    }
    return isFound != isNegated
  }

  /// General categories by their names in `\p{…}`; `L` and `N` have flags of their own.
  static let categories: [String: [Unicode.GeneralCategory]] = {
    let single: [(String, Unicode.GeneralCategory)] = [
      ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter),
      ("Lm", .modifierLetter), ("Lo", .otherLetter), ("Mn", .nonspacingMark),
      ("Mc", .spacingMark), ("Me", .enclosingMark), ("Nd", .decimalNumber),
      ("Nl", .letterNumber), ("No", .otherNumber), ("Pc", .connectorPunctuation),
      ("Pd", .dashPunctuation), ("Ps", .openPunctuation), ("Pe", .closePunctuation),
      ("Pi", .initialPunctuation), ("Pf", .finalPunctuation), ("Po", .otherPunctuation),
      ("Sm", .mathSymbol), ("Sc", .currencySymbol), ("Sk", .modifierSymbol), ("So", .otherSymbol),
      ("Zs", .spaceSeparator), ("Zl", .lineSeparator), ("Zp", .paragraphSeparator),
      ("Cc", .control), ("Cf", .format), ("Co", .privateUse),
    ]
    var categories = Dictionary(single.map { ($0.0, [$0.1]) }, uniquingKeysWith: { $0 + $1 })
    for group in ["M", "P", "S", "Z"] {
      categories[group] = single.filter { $0.0.hasPrefix(group) }.map(\.1)
    }
    return categories
  }()
}
