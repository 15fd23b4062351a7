/// Float32 numbers at a fixed place, aligned for the widest vectors, zero at first.
///
/// Whoever writes to one must own it alone; weights are written once, before they are shared.
final class FloatBuffer: Sendable {
  nonisolated(unsafe) let start: UnsafeMutablePointer<Float>
  let count: Int

  init(count: Int) {
    self.count = count
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: 64)
    start = bytes.bindMemory(to: Float.self, capacity: max(1, count))
    start.initialize(repeating: 0, count: count)
  }

  convenience init(copying values: [Float]) {
    self.init(count: values.count)
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { start.update(from: base, count: source.count) }
    }
  }

  deinit { UnsafeMutableRawPointer(start).deallocate() }
}
