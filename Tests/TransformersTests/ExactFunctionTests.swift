import Approximation
import Testing

@testable import Transformers

@Suite("Exact functions at sites")
struct ExactFunctionTests {
  @Test("each is the function's own value", arguments: NonlinearFunction.allCases)
  func values(function: NonlinearFunction) {
    let isPositive = function == .reciprocal || function == .rsqrt
    let inputs = (1...5000).map { step -> Float in
      let x = Float(step) / 250
      return isPositive ? x : function == .exp ? -x : x - 10
    }
    var values = inputs
    values.withUnsafeMutableBufferPointer { PreparedOperator.exact(function).apply($0) }
    for (x, y) in zip(inputs, values) {
      let exact = function(Double(x))
      #expect(abs(Double(y) - exact) <= 1e-6 * max(1, abs(exact)), "\(function)(\(x))")
    }
  }

  @Test(
    "silu and gelu-tanh stay finite and end on 0 and x",
    arguments: [.silu, .geluTanh] as [NonlinearFunction])
  func ends(function: NonlinearFunction) {
    var values: [Float] = [-1e30, -1e4, -200, 0, 200, 1e4, 1e30, .nan]
    values.withUnsafeMutableBufferPointer { PreparedOperator.exact(function).apply($0) }
    #expect(values.prefix(7) == [0, 0, 0, 0, 200, 1e4, 1e30])
    #expect(values[7].isNaN)
  }
}
