/// A table prepared for speed: the same bits as the table's own ``LookupTable/callAsFunction(_:)``.
public struct TableKernel: Sendable {
  private let table: LookupTable

  public init(_ table: LookupTable) {
    self.table = table
  }

  /// Replaces each value by the table's result for it.
  public func apply(_ values: UnsafeMutableBufferPointer<Float>) {
    for index in values.indices { values[index] = table(values[index]) }
  }
}
