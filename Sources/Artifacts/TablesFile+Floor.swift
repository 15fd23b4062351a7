extension TablesFile {
  /// The names of the tables whose lines dip below 0, ascending: who computes them must apply
  /// max(0, y).
  public var dippingTables: [String] { tables.filter(\.value.table.dips).keys.sorted() }

  /// What every export to a consumer without max(0, y) calls first: there a table that dips would
  /// be another one.
  /// - Parameter consumer: Its name, for the message.
  /// - Throws: ``ArtifactError`` that names the tables.
  public func requireNoDips(for consumer: String) throws {
    let names = dippingTables
    guard let first = names.first else { return }
    let others = names.count == 1 ? "" : " (and those of \(names.count - 1) other tables)"
    throw ArtifactError(
      problem: "\(first): its lines\(others) dip below 0 and \(consumer) has no max(0, y)",
      remedy: "fit it with floor: avoid")
  }
}
