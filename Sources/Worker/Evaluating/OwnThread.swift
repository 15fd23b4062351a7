import Foundation

/// Runs work that blocks, on a thread of its own and not on the cooperative pool.
func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws
  -> Value
{
  try await withCheckedThrowingContinuation { continuation in
    let thread = Thread { continuation.resume(with: Result { try work() }) }
    // Deep recursion nowhere, but BLAS keeps buffers on the stack.
    thread.stackSize = 8 << 20
    thread.start()
  }
}
