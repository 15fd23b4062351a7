import CKernels
import Testing

@testable import Approximation

/// Whatever instructions the machine has, the training arrives at the same numbers.
@Suite struct PaperTrainingKernelTests {
  private typealias Run = (
    UnsafeMutablePointer<paper_training>?, UnsafePointer<Float>?, UnsafePointer<Float>?,
    UnsafePointer<UInt32>?, Int, Float
  ) -> Void

  @Test(arguments: [1, 2, 3, 7, 15, 31, 255])
  func portableBitsAreTheSame(neurons: Int) {
    let chosen = trained(neurons: neurons, with: paper_training_run)
    #expect(chosen == trained(neurons: neurons, with: paper_training_run_portable))
    #expect(chosen.parameters != Start(neurons: neurons).parameters.map(\.bitPattern))
  }

  /// The first step of Adam goes by the learning rate against the gradient's sign, which a network
  /// of one active neuron below its target makes known.
  @Test func theFirstStepGoesAgainstTheGradient() throws {
    var training = PaperTraining(
      network: ReLUNetwork(neurons: [.init(inputWeight: 1, bias: 0.5, outputWeight: 1)]))
    var random = RandomGenerator(seed: 1)
    let blocks = PaperTraining.batchSize / 8
    training.runEpoch(
      samples: Array(repeating: SIMD8(repeating: 2), count: blocks),
      targets: Array(repeating: SIMD8(repeating: 9), count: blocks), learningRate: 0.25,
      random: &random)
    let neuron = try #require(training.network.neurons.first)
    #expect((neuron.inputWeight - 1.25).magnitude < 1e-5)
    #expect((neuron.bias - 0.75).magnitude < 1e-5)
    #expect((neuron.outputWeight - 1.25).magnitude < 1e-5)
  }

  /// 20 steps over 4 batches of a kinked function.
  private func trained(neurons: Int, with run: Run) -> Trained {
    var start = Start(neurons: neurons)
    var first = [Float](repeating: 0, count: 3 * neurons)
    var second = first
    var workspace = [Float](
      repeating: .nan, count: PAPER_WORKSPACE_PER_NEURON * neurons)
    return start.parameters.withUnsafeMutableBufferPointer { parameters in
      first.withUnsafeMutableBufferPointer { first in
        second.withUnsafeMutableBufferPointer { second in
          workspace.withUnsafeMutableBufferPointer { workspace in
            var training = paper_training(
              neurons: neurons, parameters: parameters.baseAddress,
              first_moments: first.baseAddress, second_moments: second.baseAddress,
              workspace: workspace.baseAddress, first_decay: 1, second_decay: 1)
            for _ in 0..<5 { run(&training, start.inputs, start.targets, start.order, 4, 0.01) }
            return Trained(
              parameters: parameters.map(\.bitPattern), first: first.map(\.bitPattern),
              second: second.map(\.bitPattern), firstDecay: training.first_decay,
              secondDecay: training.second_decay)
          }
        }
      }
    }
  }

  private struct Start {
    var parameters: [Float]
    let inputs: [Float]
    let targets: [Float]
    let order: [UInt32]

    init(neurons: Int) {
      var random = RandomGenerator(seed: 20)
      parameters = (0..<(3 * neurons)).map { _ in Float(2 * random.unit() - 1) }
      inputs = (0..<(4 * PaperTraining.batchSize)).map { _ in Float(8 * random.unit() - 4) }
      targets = inputs.map { max(0, $0) - 0.25 * max(0, $0 - 1) }
      order = (0..<UInt32(inputs.count / 8)).reversed()
    }
  }

  private struct Trained: Equatable {
    let parameters: [UInt32]
    let first: [UInt32]
    let second: [UInt32]
    let firstDecay: Float
    let secondDecay: Float
  }
}
