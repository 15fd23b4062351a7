import Models

@testable import Transformers

/// Keeps what the linear layers read, beside what the sites receive.
final class LinearInputRecorder: ActivationRecorder {
  var sites: [Int: [Float]] = [:]
  var inputs: [Int: [Float]] = [:]
  var order: [Int] = []

  var recordsLinearInputs: Bool { true }

  func record(site: Int, _ values: UnsafeBufferPointer<Float>) {
    sites[site, default: []] += values
  }

  func record(linearInput index: Int, _ values: UnsafeBufferPointer<Float>) {
    inputs[index, default: []] += values
    if order.last != index { order.append(index) }
  }

  /// From the smallest to the largest value of each.
  func ranges(_ model: ModelDescription) -> [String: ClosedRange<Float>] {
    var ranges: [String: ClosedRange<Float>] = [:]
    for (index, name) in model.linearInputs.enumerated() {
      guard let values = inputs[index], let least = values.min(), let most = values.max() else {
        continue
      }
      ranges[name] = least...most
    }
    return ranges
  }
}

extension TextModel {
  /// The head's outputs, or the hidden states of a model without one.
  func rows(_ tokens: [[Int32]], recorder: (any ActivationRecorder)? = nil) throws -> [[Float]] {
    let exact = Nonlinearities.exact(description)
    return description.head == .none
      ? try hiddenStates(tokens: tokens, nonlinearities: exact, recorder: recorder)
      : try outputs(tokens: tokens, nonlinearities: exact, recorder: recorder)
  }
}
