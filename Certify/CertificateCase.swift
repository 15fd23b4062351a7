import Approximation
import Foundation
import LookupTables
import TableTools

/// One seeded request: what is fitted, and what must hold of it.
struct CertificateCase {
  let number: Int
  let request: FitRequest

  init(seed: UInt64, number: Int) {
    self.number = number
    var random = SeededGenerator(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(number))
    request = RequestGenerator.request(&random, number: number)
  }

  /// Fits it, checks it with the program's own verifier and against one entry less, and writes its
  /// document.
  func checked(writingTo folder: String) -> CaseOutcome {
    var outcome = CaseOutcome(title: "case \(number)")
    let document: TableDocument
    do {
      document = try TableDocument(fitting: request) { _ in }
    } catch let error as ApproximationError {
      outcome.refusal = "\(error)"
      return outcome
    } catch let error as TableError {
      outcome.refusal = "\(error)"
      return outcome
    } catch let error as SettingError {
      outcome.refusal = "\(error)"
      return outcome
    } catch {
      outcome.problems = ["the fit ends in \(error)"]
      return outcome
    }
    outcome.title += ", \(document.title)"
    let path = "\(folder)/case-\(String(format: "%05d", number)).json"
    do {
      try document.encoded().write(to: URL(fileURLWithPath: path))
    } catch {
      outcome.problems.append("\(path) cannot be written: \(error)")
    }
    outcome.problems += TableVerification(of: document).problems
    guard let certificate = document.certificate else { return outcome }
    if certificate.bound.value > 0 { outcome.ratio = certificate.ratio }
    if request.constraints.floor == .avoid, document.table.dips {
      outcome.problems.append("a line dips below 0, which floor: avoid forbids")
    }
    outcome.problems += problemsOfFewerEntries(than: certificate)
    return outcome
  }

  /// More entries are no worse, up to what searches and rounding leave open.
  private func problemsOfFewerEntries(than certificate: Certificate) -> [String] {
    // Pieces of equal width are not chosen.
    guard number.isMultiple(of: 4), request.entries > 3, request.approximator != .linearLUT else {
      return []
    }
    var fewer = request
    fewer.entries -= 1
    fewer.wantsCertificate = true
    guard let other = (try? fewer.fit { _ in })?.certificate,
      other.endsOnIdentity == certificate.endsOnIdentity
    else { return [] }
    // Each is within its own ratio of what so many entries can reach, and float32 answers.
    let room = Self.room(of: request.format)
    let bounds = [certificate.lower, certificate.upper].map { request.function($0).magnitude }
    let resolution = 0x1p-22 * (bounds.max() ?? 0) / (certificate.relativeFloor ?? 1)
    let least = request.objective.isMaximum ? resolution : resolution * resolution
    return certificate.achieved <= other.achieved * room + least
      ? []
      : [
        "\(request.entries) entries reach \(certificate.achieved), one less \(other.achieved)"
      ]
  }

  /// fp32 and int8 are exact searches; the others' steps can serve fewer lines better.
  private static func room(of format: NumberFormat) -> Double {
    switch format {
    case .fp32: 1.01
    case .int32: 1.12
    case .int8: 1 + 1e-9
    case .fp16, .int16: 1.12
    }
  }
}
