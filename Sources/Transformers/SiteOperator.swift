import LookupTables

/// What evaluates a site: the exact function or a table in its place.
public enum SiteOperator: Hashable, Sendable {
  case exact
  case table(LookupTable)
}
