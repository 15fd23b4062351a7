import CKernels
import Foundation
import Models
import Testing

@testable import Transformers

@Suite("Models with int8 linear layers")
struct Int8ModelTests {
  @Test("equal to plain loops over integers, bit for bit, through the whole model")
  func wholeModel() throws {
    try RandomBert.withDirectory { directory in
      let recorder = LinearInputRecorder()
      let exact = try TextModel(directory: directory)
      let tokens = (0..<60).map { [Int32($0 + 40)] }
      let plain = try exact.rows(tokens, recorder: recorder)
      // Narrower than what comes, so that some inputs lie beyond.
      let ranges = recorder.ranges(exact.description).mapValues {
        ($0.lowerBound * 0.7)...($0.upperBound * 0.9)
      }
      let model = try TextModel(directory: directory, precision: .int8, linearInputs: ranges)
      #expect(model.precision == .int8)
      let states = try model.rows(tokens)
      let reference = try PlainInt8(
        directory: directory, model: model.description, ranges: ranges)
      for (state, sequence) in zip(states, tokens) {
        let expected = try reference.hiddenState(sequence[0])
        #expect(state.map(\.bitPattern) == expected.map(\.bitPattern), "token \(sequence)")
      }
      #expect(states != plain)
    }
  }

  @Test(
    "one layer, wider than what float32 sums exactly, in several tiles of rows",
    arguments: [(1, 1), (1024, 5), (1025, 7), (2500, 33), (131_072, 17)])
  func layer(inputs: Int, outputs: Int) throws {
    let rows = inputs > 10_000 ? 20 : 70
    var state: UInt64 = 5
    func next() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) * 0x1p-23 - 1
    }
    var values = (0..<(rows * inputs)).map { _ in next() }
    // The largest sums there can be.
    for index in 0..<inputs { values[index] = 1 }
    for (index, special) in [Float.nan, .infinity, -.infinity, 3e38, -0.0].enumerated() {
      values[(rows - 1) * inputs + index % inputs] = special
    }
    var weights = (0..<(outputs * inputs)).map { _ in next() }
    for index in 0..<inputs { weights[index] = 0.5 }
    if outputs > 1 { for index in inputs..<(2 * inputs) { weights[index] = 0 } }
    let bias = (0..<outputs).map { _ in next() }

    let layer = LinearLayer(
      weight: WeightTensor(FloatBuffer(copying: weights)),
      bias: WeightTensor(FloatBuffer(copying: bias))
    ).quantized
    let description = try ModelDescription(
      configuration: Data(try FamilyFixture.named("bert").config.utf8))
    let step = Float(0.9) / 127
    let operators = ForwardOperators(
      seam: SiteSeam(operators: [], recorder: nil, roundsToHalf: false),
      workspace: Workspace(model: description, tokens: 1, longest: 1, isInt8: true),
      inputScales: [step])
    let input = FloatBuffer(copying: values)
    let result = FloatBuffer(count: rows * outputs)
    operators.projectWithBias(
      LinearInput(start: input.start, index: 0), layer, into: result.start, rows: rows)
    for row in 0..<rows {
      let expected = PlainInt8.linear(
        Array(values[(row * inputs)..<((row + 1) * inputs)]), inputStep: step, weights, bias)
      let found = UnsafeBufferPointer(start: result.start + row * outputs, count: outputs)
      #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "row \(row)")
    }
  }

  @Test(
    "every family: all linear inputs come in order, once; int8 stays close to float32",
    arguments: FamilyAgreementTests.names)
  func families(name: String) throws {
    let fixture = try FamilyFixture.named(name)
    try fixture.withDirectory { directory in
      let plain = try TextModel(directory: directory)
      let tokens = fixture.sequences.map(\.tokens)
      let recorder = LinearInputRecorder()
      let exact = try plain.rows(tokens, recorder: recorder)
      let names = plain.description.linearInputs
      #expect(try plain.rows(tokens) == exact)
      #expect(Set(names).count == names.count)
      #expect(recorder.order == Array(names.indices))
      let count = tokens.reduce(0) { $0 + $1.count }
      for (index, input) in names.enumerated() {
        let values = recorder.inputs[index] ?? []
        let rows = values.count.isMultiple(of: count) ? count : tokens.count
        let widths = [
          plain.description.hiddenSize, plain.description.embeddingSize,
          3 * plain.description.embeddingSize, plain.description.innerSize,
          plain.description.intermediateSize,
        ]
        #expect(widths.contains(values.count / rows), "\(input): \(values.count)")
      }

      let ranges = recorder.ranges(plain.description)
      let model = try TextModel(directory: directory, precision: .int8, linearInputs: ranges)
      let again = LinearInputRecorder()
      let rounded = try model.rows(tokens, recorder: again)
      #expect(again.order == recorder.order)
      let (x, y) = (exact.joined().map(Double.init), rounded.joined().map(Double.init))
      let error = zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let size = x.reduce(0) { $0 + $1 * $1 }
      let share = (error / size).squareRoot()
      #expect(share > 1e-5 && share < 0.15, "\(share)")
      if ProcessInfo.processInfo.environment["NNLUT_SHOW_AGREEMENT"] != nil {
        print("\(name): int8 relative error \(share)")
      }
    }
  }

  @Test(
    "each range stands at its own layer; one that is missing or infinite is named",
    arguments: [
      "bert answers", "roberta words", "albert", "electra", "distilbert", "mobilebert",
      "mobilebert wide", "mobilebert bottleneck attention",
    ])
  func ranges(name: String) throws {
    let fixture = try FamilyFixture.named(name)
    try fixture.withDirectory { directory in
      let plain = try TextModel(directory: directory)
      let tokens = [fixture.sequences[2].tokens]
      let recorder = LinearInputRecorder()
      _ = try plain.rows(tokens, recorder: recorder)
      var ranges = recorder.ranges(plain.description)
      ranges["a name of no layer"] = 0...1
      let names = plain.description.linearInputs

      func recorded(_ ranges: [String: ClosedRange<Float>]) throws -> ([[Float]], [Int: [Float]]) {
        let model = try TextModel(directory: directory, precision: .int8, linearInputs: ranges)
        let recorder = LinearInputRecorder()
        return (try model.rows(tokens, recorder: recorder), recorder.inputs)
      }
      let (outputs, inputs) = try recorded(ranges)
      for (index, input) in names.enumerated() {
        // 0 steps: the layer reads zeros, all that comes before it stays as it was.
        let (changed, changedInputs) = try recorded(ranges.merging([input: 0...0]) { $1 })
        for before in 0...index {
          #expect(changedInputs[before] == inputs[before], "\(input): \(names[before])")
        }
        // What the layer changes a little may round to the same numbers further on.
        #expect(changed != outputs || changedInputs != inputs, "\(input)")
        #expect(throws: TransformersError.missingRange(input)) {
          try recorded(ranges.filter { $0.key != input })
        }
        #expect(throws: TransformersError.infiniteRange(input)) {
          try recorded(ranges.merging([input: 0...(.infinity)]) { $1 })
        }
      }
      #expect(TransformersError.missingRange(names[0]).description.contains("\"\(names[0])\""))
    }
  }

  @Test(
    "recording plain texts reaches every linear input",
    arguments: ["bert", "bert silu", "bert answers", "bert words", "electra", "mobilebert"])
  func recording(name: String) throws {
    try FamilyFixture.named(name).withDirectory { directory in
      let model = try TextModel(directory: directory)
      let recorder = LinearInputRecorder()
      try model.record(
        ["ab cd ef", "a"], nonlinearities: .exact(model.description), recorder: recorder)
      #expect(recorder.order == Array(model.description.linearInputs.indices))
    }
  }
}
