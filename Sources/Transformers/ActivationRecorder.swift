/// Receives what each site's function receives, before it is evaluated.
///
/// `exp` receives scores minus their row's maximum (≤ 0), `reciprocal` the row sums, `gelu` the
/// pre-activations, `rsqrt` the variances + ε. There is no padding, so none is ever recorded. How
/// the values are cut into calls is unspecified.
public protocol ActivationRecorder: AnyObject {
  /// - Parameters:
  ///   - site: index into `ModelDescription.sites`.
  ///   - values: valid during the call only.
  func record(site: Int, _ values: UnsafeBufferPointer<Float>)
}
