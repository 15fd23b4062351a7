import Foundation
import Testing

@testable import Transformers

@Suite("Equal input, equal bits")
struct DeterminismTests {
  @Test("calls repeated and side by side give equal bits")
  func repeatedCalls() async throws {
    let texts = (0..<120).map { "a \($0) dog eats \(String(repeating: "food ", count: $0 % 17))" }
    try await RandomBert.withDirectory { directory in
      let encoder = try SentenceEncoder(directory: directory)
      let exact = Nonlinearities.exact(encoder.description)
      let first = try encoder.embed(texts, nonlinearities: exact) { _ in }
      #expect(first.count == texts.count * encoder.dimensions)
      try await withThrowingTaskGroup(of: [Float].self) { group in
        for _ in 0..<4 {
          group.addTask { try encoder.embed(texts, nonlinearities: exact) { _ in } }
        }
        for try await again in group {
          #expect(again.map(\.bitPattern) == first.map(\.bitPattern))
        }
      }
    }
  }

  @Test("what progress throws ends the work")
  func cancellation() throws {
    struct Cancelled: Error {}
    let texts = Array(repeating: "a dog eats food", count: 2000)
    try RandomBert.withDirectory { directory in
      let encoder = try SentenceEncoder(directory: directory)
      var calls = 0
      #expect(throws: Cancelled.self) {
        try encoder.embed(texts, nonlinearities: .exact(encoder.description)) { _ in
          calls += 1
          if calls == 2 { throw Cancelled() }
        }
      }
      #expect(calls == 2)
    }
  }

  @Test("no texts give no embeddings")
  func nothing() throws {
    try RandomBert.withDirectory { directory in
      let encoder = try SentenceEncoder(directory: directory)
      let exact = Nonlinearities.exact(encoder.description)
      #expect(try encoder.embed([], nonlinearities: exact) { _ in } == [])
      #expect(try encoder.hiddenStates(tokens: [], nonlinearities: exact) == [])
    }
  }

  @Test("the kernel class can be pinned and is reported")
  func kernelClass() {
    let environment = KernelClass.environment()
    #expect(environment["OPENBLAS_NUM_THREADS"] == "1")
    let requested = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] ?? ""
    #expect(requested.isEmpty || environment["OPENBLAS_CORETYPE"] == requested)
    #expect(environment["OPENBLAS_CORETYPE"]?.isEmpty == false)
    #expect(!KernelClass.current.isEmpty && KernelClass.library.contains("OpenBLAS"))
    #expect(KernelClass.identity.contains(KernelClass.current))
    #expect(KernelClass.identity.contains(KernelClass.library))
  }
}
