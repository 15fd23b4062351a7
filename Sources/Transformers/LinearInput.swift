/// What one or several linear layers read: [rows, width].
struct LinearInput {
  var start: UnsafePointer<Float>
  /// Into ``ModelDescription/linearInputs``.
  var index: Int
}
