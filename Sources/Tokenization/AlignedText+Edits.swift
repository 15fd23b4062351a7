/// What normalisers are made of.
extension AlignedText {
  /// Keeps the scalars that satisfy `isKept`.
  mutating func filter(_ isKept: (UInt32) -> Bool) {
    rewrite { output, source in
      // What has been kept last waits until it is known how many scalars after it are dropped.
      var last: UInt32?
      var dropped = 0
      source.forEachScalar { scalar, _ in
        guard isKept(scalar) else {
          dropped += 1
          return
        }
        if let last { output.put(last, -dropped) } else { output.skip(dropped) }
        last = scalar
        dropped = 0
      }
      if let last { output.put(last, -dropped) }
    }
  }

  /// Replaces each scalar.
  mutating func map(_ transform: (UInt32) -> UInt32) {
    rewrite { output, source in
      source.forEachScalar { scalar, _ in output.put(transform(scalar)) }
    }
  }
}
