/// The published training loop: Adam on the mean absolute error over batches, in float32.
///
/// All sums run in a fixed order, so equal starts give equal bits.
struct PaperTraining {
  /// Samples per step; a multiple of 8.
  static let batchSize = 512

  /// n, b and m of every neuron, in this order, with Adam's moments.
  private var parameters: [Float]
  private var firstMoments: [Float]
  private var secondMoments: [Float]
  private var firstDecay: Float = 1
  private var secondDecay: Float = 1
  private let neurons: Int

  private var inputs: [SIMD8<Float>]
  private var targets: [SIMD8<Float>]
  private var outputs: [SIMD8<Float>]
  private var gradients: [Float]

  init(network: ReLUNetwork) {
    neurons = network.neurons.count
    parameters =
      network.neurons.map { Float($0.inputWeight) } + network.neurons.map { Float($0.bias) }
      + network.neurons.map { Float($0.outputWeight) }
    firstMoments = Array(repeating: 0, count: parameters.count)
    secondMoments = firstMoments
    gradients = firstMoments
    inputs = Array(repeating: .zero, count: Self.batchSize / 8)
    targets = inputs
    outputs = inputs
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
  ///   - values: The function at the inputs.
  mutating func runEpoch(
    samples: [SIMD8<Float>], targets values: [SIMD8<Float>], learningRate: Float,
    random: inout RandomGenerator
  ) {
    var order = Array(samples.indices)
    for index in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(index, random.index(below: index + 1))
    }
    for batch in 0..<(order.count / inputs.count) {
      for block in inputs.indices {
        let source = order[batch * inputs.count + block]
        inputs[block] = samples[source]
        targets[block] = values[source]
      }
      computeGradients()
      takeAdamStep(learningRate: learningRate)
    }
  }

  private mutating func computeGradients() {
    let neurons = neurons
    let scale = 1 / Float(Self.batchSize)
    for block in outputs.indices { outputs[block] = .zero }
    parameters.withUnsafeBufferPointer { parameters in
      inputs.withUnsafeBufferPointer { inputs in
        outputs.withUnsafeMutableBufferPointer { outputs in
          for neuron in 0..<neurons {
            let n = SIMD8<Float>(repeating: parameters[neuron])
            let b = SIMD8<Float>(repeating: parameters[neurons + neuron])
            let m = SIMD8<Float>(repeating: parameters[2 * neurons + neuron])
            for block in inputs.indices {
              let active = n * inputs[block] + b
              outputs[block] += m * active.replacing(with: 0, where: active .<= 0)
            }
          }
          // From here on the outputs hold the sign of the error.
          targets.withUnsafeBufferPointer { targets in
            for block in inputs.indices {
              let error = outputs[block] - targets[block]
              outputs[block] = SIMD8<Float>.zero.replacing(with: 1, where: error .> 0)
                .replacing(with: -1, where: error .< 0)
            }
          }
          gradients.withUnsafeMutableBufferPointer { gradients in
            for neuron in 0..<neurons {
              let n = SIMD8<Float>(repeating: parameters[neuron])
              let b = SIMD8<Float>(repeating: parameters[neurons + neuron])
              var signs = SIMD8<Float>.zero
              var signedInputs = SIMD8<Float>.zero
              for block in inputs.indices {
                let active = n * inputs[block] + b
                let sign = outputs[block].replacing(with: 0, where: active .<= 0)
                signs += sign
                signedInputs += sign * inputs[block]
              }
              let sum = scale * signs.sum()
              let inputSum = scale * signedInputs.sum()
              let m = parameters[2 * neurons + neuron]
              gradients[neuron] = m * inputSum
              gradients[neurons + neuron] = m * sum
              gradients[2 * neurons + neuron] =
                parameters[neuron] * inputSum + parameters[neurons + neuron] * sum
            }
          }
        }
      }
    }
  }

  /// Adam with β = (0.9, 0.999), ε = 1e-8.
  private mutating func takeAdamStep(learningRate: Float) {
    firstDecay *= 0.9
    secondDecay *= 0.999
    let rate = learningRate / (1 - firstDecay)
    let correction = 1 / (1 - secondDecay)
    for index in parameters.indices {
      let gradient = gradients[index]
      firstMoments[index] = 0.9 * firstMoments[index] + 0.1 * gradient
      secondMoments[index] = 0.999 * secondMoments[index] + 0.001 * (gradient * gradient)
      parameters[index] -=
        rate * firstMoments[index] / ((secondMoments[index] * correction).squareRoot() + 1e-8)
    }
  }
}
