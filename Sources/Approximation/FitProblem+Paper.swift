import LookupTables

/// What the paper leaves open, as chosen here.
private enum PaperChoices {
  static let samples = 100_000
  static let epochs = 200
  static let milestones = [100, 150, 180]
  static let decay: Float = 0.1
  static let learningRate: Float = 1e-3
  static let calibrationSamples = samples / 10
  static let calibrationEpochs = 5
  static let calibrationLearningRate: Float = 1e-4
}

extension FitProblem {
  /// NN-LUT as published: a ReLU network of N − 1 neurons without affine term, trained on 100 000
  /// uniform samples with the L1 loss; then, where the request has weights, calibrated for 5 epochs
  /// on a tenth as many samples drawn from them. Transformed exactly.
  func trainedAsPublished(
    entries: Int, seed: UInt64, notes: inout [String: String], progress: (Double) throws -> Void
  ) throws -> PiecewiseLinear {
    var random = RandomGenerator(seed: seed)
    var training = PaperTraining(
      network: initialNetwork(neurons: entries - 1, random: &random))
    let samples = Self.blocks(PaperChoices.samples) {
      Float(lower + (upper - lower) * random.unit())
    }
    let targets = values(at: samples)
    var rate = PaperChoices.learningRate
    for epoch in 0..<PaperChoices.epochs {
      if PaperChoices.milestones.contains(epoch) { rate *= PaperChoices.decay }
      training.runEpoch(samples: samples, targets: targets, learningRate: rate, random: &random)
      try progress(Double(epoch + 1) / Double(PaperChoices.epochs) * 0.95)
    }
    if isCalibrated {
      let drawn = draw(PaperChoices.calibrationSamples, random: &random)
      let values = self.values(at: drawn)
      for _ in 0..<PaperChoices.calibrationEpochs {
        training.runEpoch(
          samples: drawn, targets: values, learningRate: PaperChoices.calibrationLearningRate,
          random: &random)
      }
    }
    try progress(1)
    record(seed: seed, in: &notes)
    return try training.network.piecewiseLinear()
  }

  /// n and b uniform in [−1, 1], m in ±1/√(N − 1) (the defaults of common frameworks for such
  /// layers), with the published signs: exp +/+, reciprocal and rsqrt −/+, gelu free.
  private func initialNetwork(neurons: Int, random: inout RandomGenerator) -> ReLUNetwork {
    let bound = 1 / Double(neurons).squareRoot()
    return ReLUNetwork(
      neurons: (0..<neurons).map { _ in
        let n = 2 * random.unit() - 1
        let b = 2 * random.unit() - 1
        let m = bound * (2 * random.unit() - 1)
        switch function {
        case .nonlinear(.exp):
          return .init(inputWeight: n.magnitude, bias: b.magnitude, outputWeight: m)
        case .nonlinear(.reciprocal), .nonlinear(.rsqrt):
          return .init(inputWeight: -n.magnitude, bias: b.magnitude, outputWeight: m)
        case .nonlinear, .sampled: return .init(inputWeight: n, bias: b, outputWeight: m)
        }
      })
  }

  /// Inputs as the table sees them.
  private func draw(_ count: Int, random: inout RandomGenerator) -> [SIMD8<Float>] {
    var cumulative: [Double] = []
    var total = 0.0
    for interval in inputs {
      total += interval.weight
      cumulative.append(total)
    }
    return Self.blocks(count) {
      let chosen = min(cumulative.firstIndex(above: total * random.unit()), inputs.count - 1)
      let interval = inputs[chosen]
      return Float(interval.lower + (interval.upper - interval.lower) * random.unit())
    }
  }

  /// - Parameter count: A multiple of 8.
  private static func blocks(_ count: Int, sample: () -> Float) -> [SIMD8<Float>] {
    (0..<(count / 8)).map { _ in
      var block = SIMD8<Float>.zero
      for lane in block.indices { block[lane] = sample() }
      return block
    }
  }

  private func values(at samples: [SIMD8<Float>]) -> [SIMD8<Float>] {
    samples.map { block in
      var values = SIMD8<Float>.zero
      for lane in block.indices { values[lane] = Float(function(Double(block[lane]))) }
      return values
    }
  }

  private func record(seed: UInt64, in notes: inout [String: String]) {
    typealias Choices = PaperChoices
    notes["recipe"] = "paper"
    notes["objective"] = "mean absolute error"
    notes["seed"] = "\(seed)"
    notes["samples"] = "\(Choices.samples), uniform over the domain"
    notes["batch"] = "\(PaperTraining.batchSize)"
    notes["epochs"] = "\(Choices.epochs)"
    notes["learning rate"] =
      "Adam, \(Choices.learningRate), times \(Choices.decay) after epochs "
      + Choices.milestones.map(String.init).joined(separator: ", ")
    notes["start"] = "n, b uniform in ±1 with the published signs, m uniform in ±1/√(N − 1)"
    if isCalibrated {
      notes["calibration"] =
        "\(Choices.calibrationSamples) samples from the weights, \(Choices.calibrationEpochs) "
        + "epochs, learning rate \(Choices.calibrationLearningRate)"
    }
  }
}
