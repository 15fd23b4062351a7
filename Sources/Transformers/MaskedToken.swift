/// What a language model says of one token that was masked.
public struct MaskedToken: Hashable, Sendable {
  /// −ln of the probability of the token that stood there, from 0.
  public var negativeLogLikelihood: Float
  /// Whether no other word of the vocabulary scored higher.
  public var isTop: Bool

  public init(negativeLogLikelihood: Float, isTop: Bool) {
    self.negativeLogLikelihood = negativeLogLikelihood
    self.isTop = isTop
  }
}

/// Chooses the tokens of a text that are masked: the same ones in every run and on every machine.
struct TokenMask {
  /// 15 % of 2⁶⁴.
  private static let threshold = UInt64.max / 100 * 15

  let seed: UInt64

  /// Places of the tokens to mask, ascending; at least one where there is any candidate.
  ///
  /// - Parameters:
  ///   - candidates: places of the tokens that may be masked, ascending.
  func places(_ text: String, candidates: [Int]) -> [Int] {
    var start = 0xCBF2_9CE4_8422_2325 ^ Self.mixed(seed)  // FNV-1a
    for byte in text.utf8 { start = (start ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let hashes = candidates.map { Self.mixed(start &+ UInt64($0)) }
    let chosen = zip(candidates, hashes).filter { $0.1 < Self.threshold }.map(\.0)
    if chosen.isEmpty, let least = hashes.indices.min(by: { hashes[$0] < hashes[$1] }) {
      return [candidates[least]]
    }
    return chosen
  }

  /// The finaliser of SplitMix64.
  private static func mixed(_ number: UInt64) -> UInt64 {
    var number = number &+ 0x9E37_79B9_7F4A_7C15
    number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
    number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
    return number ^ (number >> 31)
  }
}
