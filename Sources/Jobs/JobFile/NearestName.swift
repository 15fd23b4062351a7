/// The known name that a mistyped one was probably meant to be.
enum NearestName {
  /// - Returns: The name with the fewest edits, if that is at most a third of its length, or 2.
  static func of(_ name: String, among known: [String]) -> String? {
    guard name.count <= 64 else { return nil }
    let ranked = known.map { (edits: edits(Array(name.lowercased()), Array($0.lowercased())), $0) }
    guard let best = ranked.min(by: { $0.edits < $1.edits }) else { return nil }
    return best.edits <= max(2, best.1.count / 3) ? best.1 : nil
  }

  /// Levenshtein's distance.
  private static func edits(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let replaced = diagonal + (character == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
