import Approximation
import LookupTables
import Models

/// What stands at each site of one model, prepared for speed.
public struct Nonlinearities: Sendable {
  /// One for each of the model's sites, in execution order.
  public let operators: [SiteOperator]
  let prepared: [PreparedOperator]

  private init(functions: [NonlinearFunction], operators: [SiteOperator]) {
    self.operators = operators
    prepared = zip(functions, operators).map { function, siteOperator in
      switch siteOperator {
      case .exact: .exact(function)
      case .table(let table): .table(TableKernel(table))
      }
    }
  }

  /// The exact function at every site.
  public static func exact(_ model: ModelDescription) -> Self {
    let functions = model.sites.map(\.function)
    return Self(functions: functions, operators: functions.map { _ in .exact })
  }

  /// A table at each named site, the exact function at the others.
  ///
  /// - Parameter tables: by site name.
  /// - Throws: ``TransformersError/unknownSite(_:example:)``
  public init(model: ModelDescription, tables: [String: LookupTable]) throws {
    let sites = model.sites
    let names = Set(sites.map(\.name))
    if let unknown = tables.keys.filter({ !names.contains($0) }).min() {
      throw TransformersError.unknownSite(unknown, example: sites[0].name)
    }
    self.init(
      functions: sites.map(\.function),
      operators: sites.map { site in tables[site.name].map(SiteOperator.table) ?? .exact })
  }
}
