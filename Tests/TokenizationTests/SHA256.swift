/// SHA-256 (FIPS 180-4), so that these tests need no library for their digests.
enum SHA256 {
  static func hexadecimal(_ message: [UInt8]) -> String {
    var state = initial
    var bytes = message + [0x80]
    bytes += [UInt8](repeating: 0, count: (120 - bytes.count % 64) % 64)
    let length = UInt64(message.count) * 8
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
    var words = [UInt32](repeating: 0, count: 64)
    for block in stride(from: 0, to: bytes.count, by: 64) {
      compress(bytes, from: block, &words, &state)
    }
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static func compress(
    _ bytes: [UInt8], from block: Int, _ words: inout [UInt32], _ state: inout [UInt32]
  ) {
    for index in 0..<16 {
      words[index] = (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[block + 4 * index + $1]) }
    }
    for index in 16..<64 {
      let (early, late) = (words[index - 15], words[index - 2])
      words[index] =
        words[index - 16] &+ words[index - 7]
        &+ (rotate(early, 7) ^ rotate(early, 18) ^ early >> 3)
        &+ (rotate(late, 17) ^ rotate(late, 19) ^ late >> 10)
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for index in 0..<64 {
      let mixed =
        h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ (e & f ^ ~e & g)
        &+ constants[index] &+ words[index]
      let majority =
        (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ (a & b ^ a & c ^ b & c)
      (h, g, f, e) = (g, f, e, d &+ mixed)
      (d, c, b, a) = (c, b, a, mixed &+ majority)
    }
    for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
  }

  private static func rotate(_ word: UInt32, _ by: UInt32) -> UInt32 {
    word >> by | word << (32 - by)
  }

  private static let primes = (2...311).filter { n in !(2..<n).contains { n % $0 == 0 } }

  /// The first 32 bits of the fractional parts of the primes' cube roots and square roots, by
  /// integer search, so that no table has to be trusted.
  private static let constants = primes.prefix(64).map { fraction(of: $0, power: 3) }
  private static let initial = primes.prefix(8).map { fraction(of: $0, power: 2) }

  private static func fraction(of prime: Int, power: Int) -> UInt32 {
    // The largest r with r^power <= prime · 2^(32 · power); r has at most 37 bits.
    var root: UInt64 = 0
    for bit in (0..<38).reversed() where fits(root | 1 << bit, prime, power) { root |= 1 << bit }
    return UInt32(truncatingIfNeeded: root)
  }

  private static func fits(_ root: UInt64, _ prime: Int, _ power: Int) -> Bool {
    let target = UInt128(prime) << (32 * power)
    return (0..<power).reduce(UInt128(1)) { product, _ in product * UInt128(root) } <= target
  }
}
