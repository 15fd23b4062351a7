import Foundation

/// The text form of `timestamptz` as a session in UTC writes it: `2026-01-31 23:59:59.123456+00`.
enum PostgresTimestamp {
  private static let secondsPerDay: Int64 = 86_400

  static func text(of date: Date) -> String {
    let microseconds = Int64((date.timeIntervalSince1970 * 1e6).rounded())
    let (seconds, fraction) = floorDivide(microseconds, 1_000_000)
    let (days, second) = floorDivide(seconds, secondsPerDay)
    let (year, month, day) = civil(days: days)
    func padded(_ value: Int64, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2)) "
      + "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
      + ".\(padded(fraction, 6))+00"
  }

  /// Nil when `text` has another form.
  static func date(from text: String) -> Date? {
    guard text.hasSuffix("+00") else { return nil }
    let halves = text.dropLast(3).split(separator: " ")
    guard halves.count == 2 else { return nil }
    let date = halves[0].split(separator: "-").compactMap { Int64($0) }
    let time = halves[1].split(separator: ":")
    guard date.count == 3, time.count == 3, let hour = Double(time[0]),
      let minute = Double(time[1]), let second = Double(time[2])
    else { return nil }
    let days = self.days(year: date[0], month: date[1], day: date[2])
    return Date(
      timeIntervalSince1970: Double(days * secondsPerDay) + 3600 * hour + 60 * minute + second)
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (Int64, Int64) {
    let remainder = value % divisor
    return remainder < 0
      ? (value / divisor - 1, remainder + divisor) : (value / divisor, remainder)
  }

  // Days since 1970 and the Gregorian calendar: Howard Hinnant, "chrono-compatible low-level date
  // algorithms", days_from_civil and civil_from_days.

  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = floorDivide(shifted, 400)
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted + (shifted < 10 ? 3 : -9)
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1
    )
  }
}
