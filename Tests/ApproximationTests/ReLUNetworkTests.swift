import Approximation
import LookupTables
import Testing

@Suite struct ReLUNetworkTests {
  @Test(arguments: [1, 2, 7, 15, 255])
  func networkAndTableAgree(neurons: Int) throws {
    for seed in 0..<20 as Range<UInt64> {
      var random = SeededNumbers(seed: seed)
      var network = ReLUNetwork(
        neurons: (0..<neurons).map { _ in
          .init(
            inputWeight: random.between(-2, 2), bias: random.between(-3, 3),
            outputWeight: random.between(-1, 1))
        }, slope: random.between(-1, 1), intercept: random.between(-1, 1))
      if neurons > 3 {
        // Dead and doubled neurons.
        network.neurons[0].inputWeight = 0
        network.neurons[1].inputWeight = 0
        network.neurons[1].bias = -1
        network.neurons[2] = network.neurons[3]
      }
      let table = try network.piecewiseLinear()
      #expect(table.entries == neurons + 1)
      let inputs = (0..<200).map { _ in random.between(-8, 8) } + table.breakpoints
      for x in inputs {
        let scale = network.neurons.reduce(network.slope.magnitude + 1) {
          $0 + $1.outputWeight.magnitude * ($1.inputWeight.magnitude + $1.bias.magnitude)
        }
        #expect(
          (network(x) - table(x)).magnitude <= 1e-14 * scale * max(1, x.magnitude),
          "seed \(seed), \(neurons) neurons, x = \(x)")
      }
    }
  }

  @Test func networkOfOnlyDeadNeuronsIsItsAffineTerm() throws {
    let network = ReLUNetwork(
      neurons: [
        .init(inputWeight: 0, bias: 2, outputWeight: 3),
        .init(inputWeight: 0, bias: -2, outputWeight: 3),
      ], slope: 1, intercept: 1)
    let table = try network.piecewiseLinear()
    #expect(table.breakpoints == [0, 0])
    #expect(table(5) == 12)
    #expect(table(-5) == 2)
  }

  @Test func affineTermReachesEveryContinuousFunction() throws {
    let nodes = [-3.0, -1, 0, 0.5, 4]
    let values = [2.0, -1, 0.25, 0.25, -7]
    let network = try ReLUNetwork(through: nodes, values: values)
    let table = try network.piecewiseLinear()
    #expect(table.entries == 4)
    for (node, value) in zip(nodes, values) {
      #expect((network(node) - value).magnitude < 1e-14)
      #expect((table(node) - value).magnitude < 1e-14)
    }
    #expect(throws: ApproximationError.self) {
      try ReLUNetwork(through: [0, 0], values: [1, 2])
    }
  }

  @Test func neuronCountsBeyondTheTablesAreRefused() {
    let neuron = ReLUNetwork.Neuron(inputWeight: 1, bias: 0, outputWeight: 1)
    #expect(throws: TableError.entryCount(1)) { try ReLUNetwork(neurons: []).piecewiseLinear() }
    #expect(throws: TableError.entryCount(257)) {
      try ReLUNetwork(neurons: Array(repeating: neuron, count: 256)).piecewiseLinear()
    }
  }
}
