/// A network of one hidden layer and one input, `y(x) = Σ mᵢ·ReLU(nᵢ·x + bᵢ) + slope·x + intercept`.
///
/// NN-LUT as published has no affine term; with it, N − 1 neurons represent every continuous
/// piecewise-linear function of N pieces.
public struct ReLUNetwork: Hashable, Sendable {
  /// One hidden neuron.
  public struct Neuron: Hashable, Sendable {
    /// n, the weight of the input.
    public var inputWeight: Double
    /// b.
    public var bias: Double
    /// m, the weight in the output.
    public var outputWeight: Double

    public init(inputWeight: Double, bias: Double, outputWeight: Double) {
      self.inputWeight = inputWeight
      self.bias = bias
      self.outputWeight = outputWeight
    }
  }

  /// N − 1 neurons for a table of N entries.
  public var neurons: [Neuron]
  /// The affine term's slope; 0 as published.
  public var slope: Double
  /// The affine term's intercept; 0 as published.
  public var intercept: Double

  public init(neurons: [Neuron], slope: Double = 0, intercept: Double = 0) {
    self.neurons = neurons
    self.slope = slope
    self.intercept = intercept
  }

  /// The network that goes through the given nodes: one neuron for each inner node.
  ///
  /// - Parameters:
  ///   - nodes: At least two, strictly ascending.
  ///   - values: One for each node.
  /// - Throws: ``ApproximationError`` when they are not.
  public init(through nodes: [Double], values: [Double]) throws {
    guard nodes.count >= 2, nodes.count == values.count,
      zip(nodes, nodes.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw ApproximationError.invalid(
        parameter: "nodes", value: "(\(nodes.count) nodes, \(values.count) values)",
        permitted: "give at least two strictly ascending nodes and one value for each")
    }
    let slopes = (1..<nodes.count).map { index -> Double in
      let rise = values[index] - values[index - 1]
      return rise / (nodes[index] - nodes[index - 1])
    }
    slope = slopes[0]
    intercept = values[0] - slopes[0] * nodes[0]
    neurons = (1..<slopes.count).map {
      Neuron(inputWeight: 1, bias: -nodes[$0], outputWeight: slopes[$0] - slopes[$0 - 1])
    }
  }

  /// The network's value, computed as written.
  public func callAsFunction(_ x: Double) -> Double {
    neurons.reduce(slope * x + intercept) { sum, neuron in
      sum + neuron.outputWeight * max(0, neuron.inputWeight * x + neuron.bias)
    }
  }
}
