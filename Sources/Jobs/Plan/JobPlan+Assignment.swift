import Approximation
import Models

extension PlanBuilder {
  /// The tasks of a variant with `entries: auto`: every candidate table, how much the model's
  /// output suffers from each, the choice, and the chosen tables with their certificates. All
  /// candidates are known beforehand, so the plan needs nobody's result.
  func assignment(_ index: Int, _ variant: Variant) -> [PlannedTask] {
    guard case .automatic(let budget) = variant.entries else { return [] }
    var tasks: [PlannedTask] = []
    var inputs: [String: String] = [:]
    let choice = "assign/\(index)"
    let tables = TableNames.of(variant, sites: sites)
    for table in tables {
      var candidates: [String: String] = [:]
      for candidate in variant.candidates(of: table.function) {
        let name = "train/\(index)/\(table.name)/\(candidate.name)"
        tasks.append(train(name, variant, table, candidate))
        candidates["candidate/\(candidate.name)"] = name
        inputs["candidate/\(table.name)/\(candidate.name)"] = name
      }
      let name = "sensitivity/\(index)/\(table.name)"
      tasks.append(
        PlannedTask(
          name: name,
          parameters: .sensitivity(
            SensitivityParameters(
              model: resolution.model.digest, sample: outputSample, sites: table.sites,
              kernels: resolution.kernels)),
          inputs: candidates, sources: sources(resolution.model, resolution.calibration)))
      inputs["sensitivity/\(table.name)"] = name
    }
    tasks.append(
      PlannedTask(
        name: choice,
        parameters: .assign(
          AssignParameters(
            model: resolution.model.digest, sample: outputSample, tables: tables, budget: budget,
            kernels: resolution.kernels)),
        inputs: inputs, sources: sources(resolution.model, resolution.calibration)))
    for table in tables {
      tasks.append(
        PlannedTask(
          name: "train/\(index)/\(table.name)",
          parameters: .chosen(ChosenTableParameters(table: table.name)),
          inputs: histograms(variant).merging(["assignment": choice]) { _, new in new }))
    }
    return tasks
  }

  private var outputSample: OutputSample {
    let samples = min(specification.calibration.samples, resolution.calibrationRecords)
    return OutputSample(
      calibration: resolution.calibration.digest, samples: samples,
      seed: specification.calibration.seed, texts: min(samples, JobPlan.outputTexts),
      characters: JobPlan.outputCharacters)
  }
}
