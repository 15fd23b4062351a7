import Approximation
import Models

/// A variant's tables: one for each site, or one for each function when shared.
public struct TableNames: Hashable, Codable, Sendable {
  /// The site's name, or the function's when shared.
  public var name: String
  public var function: NonlinearFunction
  /// The sites where the table stands, in execution order.
  public var sites: [String]

  /// In execution order of the (first) site.
  public static func of(_ variant: Variant, sites: [Site]) -> [TableNames] {
    switch variant.scope {
    case .perSite:
      return sites.map { TableNames(name: $0.name, function: $0.function, sites: [$0.name]) }
    case .shared:
      var tables: [TableNames] = []
      for site in sites {
        if let index = tables.firstIndex(where: { $0.function == site.function }) {
          tables[index].sites.append(site.name)
        } else {
          tables.append(
            TableNames(name: site.function.rawValue, function: site.function, sites: [site.name]))
        }
      }
      return tables
    }
  }
}
