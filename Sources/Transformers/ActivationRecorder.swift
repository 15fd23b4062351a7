/// Receives what each site's function receives, before it is evaluated, what it answers and, where
/// it asks for it, what the linear layers read.
///
/// `exp` receives scores minus their row's maximum (≤ 0), `reciprocal` the row sums, `gelu` the
/// pre-activations, `rsqrt` the variances + ε. There is no padding, so none is ever recorded. How
/// the values are cut into calls is unspecified.
public protocol ActivationRecorder: AnyObject {
  /// - Parameters:
  ///   - site: index into `ModelDescription.sites`.
  ///   - values: valid during the call only.
  func record(site: Int, _ values: UnsafeBufferPointer<Float>)

  /// What the site's function answered to the values of the ``record(site:_:)`` before.
  ///
  /// - Parameters:
  ///   - site: index into `ModelDescription.sites`.
  ///   - values: valid during the call only.
  func record(answersOf site: Int, _ values: UnsafeBufferPointer<Float>)

  /// Whether the linear inputs are wanted as well; the same answer always.
  var recordsLinearInputs: Bool { get }

  /// Each tensor comes once, however many layers read it, and in an int8 model before it is
  /// rounded.
  ///
  /// - Parameters:
  ///   - index: into `ModelDescription.linearInputs`.
  ///   - values: valid during the call only.
  func record(linearInput index: Int, _ values: UnsafeBufferPointer<Float>)
}

extension ActivationRecorder {
  public var recordsLinearInputs: Bool { false }

  public func record(answersOf site: Int, _ values: UnsafeBufferPointer<Float>) {}

  public func record(linearInput index: Int, _ values: UnsafeBufferPointer<Float>) {}
}
