import CKernels
import Models

/// What the forward passes of all families are made of: the one place of the linear layers and,
/// through the seam, of the non-linear functions.
///
/// T = rows, L = tokens of one sequence, D = head size. Every matrix is row-major.
struct ForwardOperators {
  let seam: SiteSeam
  let workspace: Workspace
  /// The int8 step of each linear input; nil but in an int8 model.
  let inputScales: [Float]?
  private let recordsLinearInputs: Bool

  init(seam: SiteSeam, workspace: Workspace, inputScales: [Float]?) {
    self.seam = seam
    self.workspace = workspace
    self.inputScales = inputScales
    recordsLinearInputs = seam.recorder?.recordsLinearInputs ?? false
  }

  /// The next of the model's linear inputs, shown to a recorder that asks for it.
  func linearInput(
    _ start: UnsafePointer<Float>, width: Int, rows: Int, _ linear: inout Int
  ) -> LinearInput {
    defer { linear += 1 }
    if recordsLinearInputs {
      seam.recorder?.record(
        linearInput: linear, UnsafeBufferPointer(start: start, count: rows * width))
    }
    return LinearInput(start: start, index: linear)
  }

  /// result [rows, outputs] = input [rows, inputs] · weightᵀ, without the bias.
  func project(
    _ input: LinearInput, _ linear: LinearLayer, into result: UnsafeMutablePointer<Float>, rows: Int
  ) {
    if let inputScales, let steps = linear.scales {
      projectIntegers(
        input.start, step: inputScales[input.index], linear, steps: steps, into: result, rows: rows)
      return
    }
    multiplyByWeights(input.start, linear, into: result, rows: rows)
  }

  private func multiplyByWeights(
    _ input: UnsafePointer<Float>, _ linear: LinearLayer,
    into result: UnsafeMutablePointer<Float>, rows: Int
  ) {
    multiply(
      Matrix(start: input, stride: linear.inputs),
      transposed: Matrix(start: linear.weight.start, stride: linear.inputs),
      into: MutableMatrix(start: result, stride: linear.outputs),
      rows: rows, columns: linear.outputs, inner: linear.inputs)
  }

  /// result [rows, vocabulary] = states [rows, inputs] · weightᵀ + bias, in float32 whatever the
  /// model's precision.
  func scoreWords(
    _ states: UnsafePointer<Float>, _ linear: LinearLayer,
    into result: UnsafeMutablePointer<Float>, rows: Int
  ) {
    multiplyByWeights(states, linear, into: result, rows: rows)
    exact_add_bias(result, rows, linear.outputs, linear.bias.start)
  }

  /// result [rows, outputs] = input [rows, inputs] · weightᵀ + bias.
  func projectWithBias(
    _ input: LinearInput, _ linear: LinearLayer, into result: UnsafeMutablePointer<Float>, rows: Int
  ) {
    project(input, linear, into: result, rows: rows)
    exact_add_bias(result, rows, linear.outputs, linear.bias.start)
  }

  /// values [rows, width] = activation(values + bias); a function's site is the next.
  func activate(
    _ values: UnsafeMutablePointer<Float>, bias: WeightTensor, _ activation: HiddenActivation,
    site: inout Int, rows: Int
  ) {
    let width = bias.count
    // Bias and function in one pass over memory: a tile stays in the cache between the two.
    let step = max(1, Workspace.intermediateTile / width)
    for first in stride(from: 0, to: rows, by: step) {
      let tile = min(step, rows - first)
      let start = values + first * width  // [tile, width]
      exact_add_bias(start, tile, width, bias.start)
      switch activation {
      case .function:
        seam.evaluate(site, UnsafeMutableBufferPointer(start: start, count: tile * width))
      case .relu:
        for index in 0..<(tile * width) where start[index] < 0 { start[index] = 0 }
      }
    }
    if activation != .relu { site += 1 }
  }

  /// values [rows, width] = LayerNorm(values + inputBias + addend), its rsqrt being the next site.
  func normalize(
    _ values: UnsafeMutablePointer<Float>, adding addend: UnsafePointer<Float>? = nil,
    inputBias: WeightTensor? = nil, _ norm: NormLayer, epsilon: Float, site: inout Int, rows: Int
  ) {
    let factors = workspace.rowFactors.start  // [rows]
    exact_center_rows(values, rows, norm.width, inputBias?.start, addend, epsilon, factors)
    seam.evaluate(site, UnsafeMutableBufferPointer(start: factors, count: rows))
    site += 1
    exact_affine_rows(values, rows, norm.width, factors, norm.weight.start, norm.bias.start)
  }

  /// values [rows, width] = (values + inputBias + addend) · weight + bias, column by column.
  func scaleColumns(
    _ values: UnsafeMutablePointer<Float>, adding addend: UnsafePointer<Float>?,
    inputBias: WeightTensor?, _ norm: NormLayer, rows: Int
  ) {
    let width = norm.width
    if let inputBias { exact_add_bias(values, rows, width, inputBias.start) }
    if let addend {
      for index in 0..<(rows * width) { values[index] += addend[index] }
    }
    let (weight, bias) = (norm.weight.start, norm.bias.start)
    for row in 0..<rows {
      let start = values + row * width
      for column in 0..<width { start[column] = start[column] * weight[column] + bias[column] }
    }
  }

  /// The queries, keys and values of one sequence: rows are tokens, columns run head by head.
  struct AttentionInput {
    var query: Matrix  // [L, heads · D]
    var key: Matrix
    var value: Matrix
  }

  /// context [L, heads · D] = Softmax(Q · Kᵀ / √D) · V for each head of one sequence.
  ///
  /// - Parameters:
  ///   - exp: the site of Softmax's exponential.
  ///   - reciprocal: that of its division.
  func attend(
    _ input: AttentionInput, into context: MutableMatrix, length: Int, heads: Int, headSize: Int,
    exp: Int, reciprocal: Int
  ) {
    let square = length * length
    let scale = 1 / Float(headSize).squareRoot()
    let scores = workspace.scores.start  // [heads at once, L, L]
    let factors = workspace.rowFactors.start  // [heads at once, L]

    func part(_ matrix: Matrix, head: Int) -> Matrix {  // [L, D]
      Matrix(start: matrix.start + head * headSize, stride: matrix.stride)
    }

    let step = workspace.headsAtOnce(length: length, heads: heads)
    for first in stride(from: 0, to: heads, by: step) {
      let heads = first..<min(first + step, heads)
      let scoreRows = heads.count * length
      for head in heads {
        // [L, D] · [L, D]ᵀ → [L, L]
        multiply(
          part(input.query, head: head), transposed: part(input.key, head: head),
          into: MutableMatrix(start: scores + (head - first) * square, stride: length),
          rows: length, columns: length, inner: headSize, scale: scale)
      }
      exact_subtract_row_maximum(scores, scoreRows, length)
      seam.evaluate(exp, UnsafeMutableBufferPointer(start: scores, count: scoreRows * length))
      exact_row_sums(scores, scoreRows, length, factors)
      seam.evaluate(reciprocal, UnsafeMutableBufferPointer(start: factors, count: scoreRows))
      exact_scale_rows(scores, scoreRows, length, factors)
      for head in heads {
        // [L, L] · [L, D] → [L, D]
        multiply(
          Matrix(start: scores + (head - first) * square, stride: length),
          part(input.value, head: head),
          into: MutableMatrix(start: context.start + head * headSize, stride: context.stride),
          rows: length, columns: headSize, inner: length)
      }
    }
  }
}
