import CKernels

/// The published training loop: Adam on the mean absolute error over batches, in float32.
///
/// All sums run in a fixed order, so equal starts give equal bits.
struct PaperTraining {
  /// Samples per step.
  static let batchSize = batchBlocks * blockSize
  /// Samples that stay together when the order is shuffled: one `SIMD8`.
  private static let blockSize = PAPER_BLOCK_SAMPLES
  private static let batchBlocks = PAPER_BATCH_BLOCKS

  private let neurons: Int
  /// n of every neuron, then b, then m.
  private var parameters: [Float]
  /// Adam's running means of the gradient and of its square.
  private var firstMoments: [Float]
  private var secondMoments: [Float]
  private var firstDecay: Float = 1
  private var secondDecay: Float = 1
  private var workspace: [Float]

  init(network: ReLUNetwork) {
    neurons = network.neurons.count
    parameters =
      network.neurons.map { Float($0.inputWeight) } + network.neurons.map { Float($0.bias) }
      + network.neurons.map { Float($0.outputWeight) }
    firstMoments = Array(repeating: 0, count: parameters.count)
    secondMoments = firstMoments
    workspace = Array(repeating: 0, count: neurons * PAPER_WORKSPACE_PER_NEURON)
  }

  var network: ReLUNetwork {
    ReLUNetwork(
      neurons: (0..<neurons).map {
        .init(
          inputWeight: Double(parameters[$0]), bias: Double(parameters[neurons + $0]),
          outputWeight: Double(parameters[2 * neurons + $0]))
      })
  }

  /// One pass over the samples, eight at a time in a random order; blocks beyond the last full batch
  /// sit out.
  /// - Parameters:
  ///   - samples: Blocks of independent inputs.
  ///   - values: The function at the inputs, as many blocks.
  mutating func runEpoch(
    samples: [SIMD8<Float>], targets values: [SIMD8<Float>], learningRate: Float,
    random: inout RandomGenerator
  ) {
    precondition(samples.count == values.count)
    var order = samples.indices.map { UInt32($0) }
    for index in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(index, random.index(below: index + 1))
    }
    parameters.withUnsafeMutableBufferPointer { parameters in
      firstMoments.withUnsafeMutableBufferPointer { firstMoments in
        secondMoments.withUnsafeMutableBufferPointer { secondMoments in
          workspace.withUnsafeMutableBufferPointer { workspace in
            var training = paper_training(
              neurons: neurons, parameters: parameters.baseAddress,
              first_moments: firstMoments.baseAddress, second_moments: secondMoments.baseAddress,
              workspace: workspace.baseAddress, first_decay: firstDecay,
              second_decay: secondDecay)
            Self.withFloats(of: samples) { samples in
              Self.withFloats(of: values) { values in
                paper_training_run(
                  &training, samples.baseAddress, values.baseAddress, order,
                  order.count / Self.batchBlocks, learningRate)
              }
            }
            firstDecay = training.first_decay
            secondDecay = training.second_decay
          }
        }
      }
    }
  }

  /// The lanes of the blocks, one after the other.
  private static func withFloats(
    of blocks: [SIMD8<Float>], _ body: (UnsafeBufferPointer<Float>) -> Void
  ) {
    blocks.withUnsafeBytes { body($0.bindMemory(to: Float.self)) }
  }
}
