import Evaluation
import Foundation
import Jobs
import LookupTables
import Models
import Transformers

/// Runs the model, exact or with a variant's tables, over one shard of an evaluation's texts.
struct EvaluateExecutor: TaskExecutor {
  func run(_ context: ExecutorContext) throws -> Data {
    guard case .evaluate(let parameters) = context.task.parameters else {
      throw TaskFailure.misfit(context.task, "these are no parameters of evaluate")
    }
    try context.checkKernels(parameters.kernels)
    let folder = try context.materialize(parameters.data, wanting: .dataset)
    let dataset = try reading("evaluation data") {
      try EvaluationDatasets.loadDataset(kind: parameters.kind.rawValue, directory: folder)
    }
    guard parameters.range.lowerBound >= 0, parameters.range.upperBound <= dataset.texts.count
    else {
      throw TaskFailure.misfit(
        context.task, "\(dataset.texts.count) texts have no \(parameters.range)")
    }
    let encoder = try context.models.encoder(parameters.model) {
      try context.materialize(parameters.model, wanting: .model)
    }
    let values = try encoder.embed(
      Array(dataset.texts[parameters.range]),
      nonlinearities: try nonlinearities(encoder.description, context),
      progress: context.progress)
    return try ResultDocument.encode(
      ModelOutputs(rows: parameters.range.count, columns: encoder.dimensions, floats: values))
  }

  private func nonlinearities(_ model: ModelDescription, _ context: ExecutorContext) throws
    -> Nonlinearities
  {
    let variant = try VariantTables(context)
    guard !variant.isEmpty else { return .exact(model) }
    var tables: [String: LookupTable] = [:]
    for site in model.sites {
      guard let table = variant.tables[site.name] ?? variant.tables[site.function.rawValue],
        table.function == site.function
      else {
        throw TaskFailure.misfit(context.task, "there is no table for \(site.name)")
      }
      tables[site.name] = table.table
    }
    return try Nonlinearities(model: model, tables: tables)
  }
}

extension ModelOutputs {
  /// - Parameter floats: `rows · columns` values, row-major.
  init(rows: Int, columns: Int, floats: [Float]) {
    var bytes = Data(capacity: 4 * floats.count)
    for value in floats {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    self.init(rows: rows, columns: columns, values: bytes)
  }

  /// `rows · columns` values, row-major; nil when the bytes are not as many.
  var floats: [Float]? {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard rows >= 0, columns > 0, !overflow, values.count / 4 == count, values.count % 4 == 0 else {
      return nil
    }
    return values.withUnsafeBytes { bytes in
      (0..<count).map {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }
}
