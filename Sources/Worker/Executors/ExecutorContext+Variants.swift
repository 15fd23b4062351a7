import Jobs

extension ExecutorContext {
  /// What an input's task made, or that its variant cannot be made.
  func variantResult<Value: Codable & Hashable & Sendable>(_ type: Value.Type, _ name: String)
    throws
    -> VariantResult<Value>
  {
    try ResultDocument.decode(VariantResult<Value>.self, from: input(name))
  }
}
