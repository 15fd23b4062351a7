// swift-tools-version: 6.2
import PackageDescription

// The modules in dependency order (docs/modules.md): a module may use only modules above it.
// `make check-imports` reads the same order from this file.

let swift: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]
let c: [CSetting] = [.treatAllWarnings(as: .error)]

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func module(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [])
  -> Target
{
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: swift)
}

/// `fixtures`: it has a folder of committed numbers and scripts beside its sources.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], fixtures: Bool = false)
  -> Target
{
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies,
    exclude: fixtures ? ["Fixtures"] : [], swiftSettings: swift)
}

let package = Package(
  name: "nnlut",
  products: [
    .executable(name: "nnlut", targets: ["nnlut"]),
    // Preloaded by the chaos harness.
    .library(name: "KernelTimers", type: .dynamic, targets: ["KernelTimers"]),
  ],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .target(name: "CKernels", cSettings: c),
    .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(name: "CLibcurl", cSettings: c, linkerSettings: [.linkedLibrary("curl")]),
    .systemLibrary(
      name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    module("LookupTables", ["CKernels"]),
    module("Approximation", ["CKernels", "LookupTables"]),
    module("ActivationStatistics", ["CKernels"]),
    module("Models", ["Approximation"]),
    module("Tokenization"),
    module("Safetensors"),
    module(
      "Transformers",
      [
        "CBLAS", "CKernels", "LookupTables", "ActivationStatistics", "Models", "Safetensors",
        "Tokenization",
      ]),
    module("Evaluation"),
    module("HardwareCost", ["LookupTables"]),
    module("Artifacts", ["LookupTables", "Approximation", "Safetensors", crypto]),
    module(
      "TableTools",
      ["LookupTables", "Approximation", "ActivationStatistics", "Safetensors", "Artifacts"]),
    module(
      "Jobs",
      ["LookupTables", "Approximation", "Models", "Evaluation", "HardwareCost", "Artifacts", yams]),
    module("ObjectStorage", ["CLibcurl", "Artifacts"]),
    module("Postgres", ["CLibpq", logging]),
    .target(
      name: "JobStore", dependencies: ["Postgres", "Jobs", "Artifacts", logging],
      resources: [.embedInCode("migrations")], swiftSettings: swift),
    module(
      "Coordinator",
      ["JobStore", "Postgres", "Jobs", "Artifacts", hummingbird, logging, lifecycle]),
    module("CoordinatorClient", ["CLibcurl", "Jobs", "Artifacts"]),
    module(
      "Worker",
      [
        "CoordinatorClient", "ObjectStorage", "Jobs", "Artifacts", "HardwareCost", "Evaluation",
        "Transformers", "Tokenization", "Models", "ActivationStatistics", "Approximation",
        "LookupTables", logging,
      ]),
    .executableTarget(
      name: "nnlut",
      dependencies: [
        "Worker", "Coordinator", "CoordinatorClient", "JobStore", "Postgres", "ObjectStorage",
        "Jobs", "TableTools", "Artifacts", "HardwareCost", "Models", arguments, logging,
        lifecycle,
      ],
      swiftSettings: swift),
    // `make certify`.
    .executableTarget(
      name: "CertificateCheck",
      dependencies: ["TableTools", "Approximation", "LookupTables", arguments], path: "Certify",
      swiftSettings: swift),
    // `make bench-tables`.
    .executableTarget(
      name: "TableBenchmark", dependencies: ["Approximation", "LookupTables"],
      path: "Benchmarks/Tables", exclude: ["paper_training_peer.py", "requirements.txt"],
      swiftSettings: swift),
    // `make bench-inference`.
    .executableTarget(
      name: "InferenceBenchmark",
      dependencies: [
        "Transformers", "Tokenization", "Evaluation", "Models", "ActivationStatistics",
        "Approximation", "LookupTables",
      ],
      path: "Benchmarks/Inference", exclude: ["onnx_peer.py", "requirements.txt"],
      swiftSettings: swift),
    // `make chaos`.
    .executableTarget(
      name: "ChaosHarness",
      dependencies: [
        "TestSupport", "Worker", "CoordinatorClient", "JobStore", "Postgres", "ObjectStorage",
        "Jobs", "Artifacts", "HardwareCost", "LookupTables", "Approximation", "Evaluation",
        "Transformers", arguments, logging,
      ], path: "Chaos", exclude: ["KernelTimers"], swiftSettings: swift),
    .target(name: "KernelTimers", path: "Chaos/KernelTimers", cSettings: c),
    // `make bench-jobs`.
    .executableTarget(
      name: "JobBenchmark",
      dependencies: ["CoordinatorClient", "JobStore", "Postgres", "Jobs", "Artifacts", logging],
      path: "Benchmarks/Jobs", exclude: ["pgqueuer_peer.py", "requirements.txt"],
      swiftSettings: swift),
    // `make fuzz`.
    .executableTarget(
      name: "ReaderFuzz",
      dependencies: ["Safetensors", "Models", "Tokenization", "Evaluation", "Jobs"], path: "Fuzz",
      swiftSettings: swift),
    // What several test targets need: a private PostgreSQL cluster, a small random BERT.
    .target(
      name: "TestSupport", dependencies: ["Postgres", logging], path: "Tests/TestSupport",
      swiftSettings: swift),
    tests("LookupTables"),
    tests("Approximation", ["CKernels", "LookupTables"], fixtures: true),
    tests("ActivationStatistics"),
    tests("Models", ["Approximation"]),
    tests("Tokenization", fixtures: true),
    tests("Safetensors"),
    tests(
      "Transformers",
      [
        "CKernels", "Models", "LookupTables", "Approximation", "ActivationStatistics",
        "Safetensors", "Tokenization",
      ], fixtures: true),
    tests("Evaluation", fixtures: true),
    tests("HardwareCost", ["LookupTables"]),
    tests("Artifacts", ["LookupTables", "Approximation", "Safetensors"]),
    tests(
      "TableTools",
      ["LookupTables", "Approximation", "ActivationStatistics", "Safetensors", "Artifacts"]),
    tests(
      "Jobs",
      ["LookupTables", "Approximation", "Models", "Evaluation", "HardwareCost", "Artifacts"]),
    tests("ObjectStorage", ["Artifacts"], fixtures: true),
    tests("Postgres", ["TestSupport", logging]),
    tests("JobStore", ["TestSupport", "Postgres", "Jobs", "Artifacts", logging]),
    tests(
      "Coordinator",
      [
        "TestSupport", "CoordinatorClient", "JobStore", "Postgres", "Jobs", "Artifacts",
        "LookupTables", "Approximation", "Evaluation", "HardwareCost", logging,
      ]),
    tests("CoordinatorClient", ["Jobs", "Artifacts"], fixtures: true),
    tests(
      "Worker",
      [
        "TestSupport", "Coordinator", "CoordinatorClient", "JobStore", "Postgres", "ObjectStorage",
        "Transformers", "Evaluation", "Approximation", "ActivationStatistics", "LookupTables",
        "HardwareCost", "Safetensors", "Jobs", "Artifacts", logging,
      ], fixtures: true),
    .testTarget(
      name: "ChaosTests", dependencies: ["ChaosHarness", "Worker", "Jobs", "Artifacts"],
      swiftSettings: swift),
    tests("nnlut", ["TestSupport", "CoordinatorClient", "Jobs", "Artifacts"]),
  ])
