import ActivationStatistics
import Approximation
import Foundation

/// What a function received, from a file: CSV of `lower,upper,weight` or `value,count`, or the wire
/// form of an `ActivationHistogram`.
public enum HistogramFile {
  /// - Throws: ``TableFileError`` that names line and column.
  public static func weights(path: String) throws -> [WeightedInterval] {
    let data = try TableFile.read(path, limit: NumberRows.maximumBytes)
    return data.starts(with: Data("NNAH".utf8))
      ? try counted(data, path: path) : try listed(data, path: path)
  }

  private static func counted(_ data: Data, path: String) throws -> [WeightedInterval] {
    let histogram: ActivationHistogram
    do { histogram = try ActivationHistogram(decoding: Array(data)) } catch {
      throw TableFileError.malformed(path: path, line: 0, column: 0, problem: "\(error)")
    }
    guard histogram.count > 0 else {
      throw TableFileError.malformed(
        path: path, line: 0, column: 0, problem: "holds no finite value; collect some")
    }
    return histogram.buckets.map {
      WeightedInterval(
        lower: Double($0.lower), upper: Double($0.upper), weight: Double($0.count))
    }
  }

  private static func listed(_ data: Data, path: String) throws -> [WeightedInterval] {
    let table = try NumberRows(
      data, path: path, headings: [["lower", "upper", "weight"], ["value", "count"]],
      limit: FitRequest.maximumIntervals)
    let weightColumn = table.columns.count
    var weights: [WeightedInterval] = []
    weights.reserveCapacity(table.rows.count)
    for (line, numbers) in table.rows {
      let weight = numbers[weightColumn - 1]
      let upper = numbers[weightColumn - 2]
      guard numbers[0] <= upper else {
        throw TableFileError.malformed(
          path: path, line: line, column: 2,
          problem: "upper \(upper) is below lower \(numbers[0])")
      }
      guard (0...1e100).contains(weight) else {
        throw TableFileError.malformed(
          path: path, line: line, column: weightColumn,
          problem: "\(table.columns[weightColumn - 1]) \(weight) is out of range; write 0 to 1e100")
      }
      weights.append(WeightedInterval(lower: numbers[0], upper: upper, weight: weight))
    }
    guard weights.contains(where: { $0.weight > 0 }) else {
      throw TableFileError.malformed(
        path: path, line: 0, column: 0, problem: "all weights are 0; give one of more")
    }
    return weights.sorted { ($0.lower, $0.upper) < ($1.lower, $1.upper) }
  }
}

/// A user's own function, from a CSV file of `x,y` with strictly ascending x.
public enum SampleFile {
  /// - Throws: ``TableFileError`` that names line and column.
  public static func function(path: String) throws -> SampledFunction {
    let data = try TableFile.read(path, limit: NumberRows.maximumBytes)
    let table = try NumberRows(
      data, path: path, headings: [["x", "y"]], limit: SampledFunction.maximumSamples)
    for (before, row) in zip(table.rows, table.rows.dropFirst())
    where before.numbers[0] >= row.numbers[0] {
      throw TableFileError.malformed(
        path: path, line: row.line, column: 1,
        problem: "x \(row.numbers[0]) is not above the x before it, \(before.numbers[0])")
    }
    do {
      return try SampledFunction(
        x: table.rows.map(\.numbers[0]), y: table.rows.map(\.numbers[1]))
    } catch {
      throw TableFileError.malformed(path: path, line: 0, column: 0, problem: "\(error)")
    }
  }
}
