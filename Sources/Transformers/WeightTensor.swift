import CKernels
import Models
import Safetensors

/// A weight as float32: in place in the mapped file where it is F32 and aligned, else widened.
struct WeightTensor: Sendable {
  /// Row-major, in the tensor's shape; valid while this value lives.
  nonisolated(unsafe) let start: UnsafePointer<Float>
  let count: Int
  private let owner: Owner

  /// What keeps the numbers in memory.
  private enum Owner: Sendable {
    case file(TensorView)
    case memory(FloatBuffer)
  }

  init(_ view: TensorView) throws {
    count = view.count
    let bytes = view.mappedBytes
    if view.dtype == .f32, let base = bytes.baseAddress,
      Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0
    {
      start = base.assumingMemoryBound(to: Float.self)
      owner = .file(view)
    } else {
      let buffer = FloatBuffer(copying: try view.floats())
      start = UnsafePointer(buffer.start)
      owner = .memory(buffer)
    }
  }

  /// Numbers that were made from a tensor.
  init(_ buffer: FloatBuffer) {
    count = buffer.count
    start = UnsafePointer(buffer.start)
    owner = .memory(buffer)
  }

  /// The tensors' numbers one after another.
  init(joining parts: [WeightTensor]) {
    let buffer = FloatBuffer(count: parts.reduce(0) { $0 + $1.count })
    var end = buffer.start
    for part in parts {
      end.update(from: part.start, count: part.count)
      end += part.count
    }
    self.init(buffer)
  }

  /// [rows, columns of `left` + columns of `right`]; `left` is [rows, …], `right` [columns, rows].
  init(joiningColumnsOf left: WeightTensor, and right: WeightTensor, rows: Int) {
    let buffer = FloatBuffer(count: left.count + right.count)
    let (leftWidth, rightWidth) = (left.count / rows, right.count / rows)
    for row in 0..<rows {
      let start = buffer.start + row * (leftWidth + rightWidth)
      start.update(from: left.start + row * leftWidth, count: leftWidth)
      for column in 0..<rightWidth {
        start[leftWidth + column] = right.start[column * rows + row]
      }
    }
    self.init(buffer)
  }

  var isFinite: Bool { exact_all_finite(start, count) }
}
