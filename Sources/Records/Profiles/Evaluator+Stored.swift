// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

/// What columns store is computed as such, where it can be: no text is written only to be read.
extension Evaluator {
  enum Computed {
    case absent
    /// It is there, and where it came from.
    case value
    /// The expression that is the value has to be read as any other.
    case text(Int)
  }

  func compute(
    _ node: Int, as kind: MappingPlan.Stored, _ value: inout Value, _ origin: inout Int32
  ) throws(SourceFault) -> Computed {
    switch plan.nodes[node].form {
    case .first(let choices):
      for choice in choices where mayHaveValue(choice) {
        let computed = try compute(choice, as: kind, &value, &origin)
        if case .absent = computed { continue }
        // What has to be read may yet turn out to be absent.
        if case .text = computed { return .text(node) }
        return computed
      }
      return .absent
    case .choose(let test, let then, let otherwise):
      guard mayHaveValue(node) else { return .absent }
      if try holds(test) { return try compute(then, as: kind, &value, &origin) }
      guard let otherwise else { return .absent }
      return try compute(otherwise, as: kind, &value, &origin)
    case .call(let transform, let arguments):
      guard mayHaveValue(node) else { return .absent }
      switch (kind, transform) {
      case (.uuid, .uuid5):
        guard let uuid = try version5(arguments, &origin) else { return .absent }
        value = .uuid(uuid)
        return .value
      case (.milliseconds, .elapsedMilliseconds):
        guard let elapsed = try microseconds(arguments, &origin) else { return .absent }
        guard elapsed < Self.microsecondsMax else { return .text(node) }
        value = .integer(Int32(truncatingIfNeeded: (elapsed + 500) / 1000))
        return .value
      case (.timestamp, _): return try time(node, transform, arguments[0], &value, &origin)
      case (.amount, .decimal): return try amount(node, arguments[0], &value, &origin)
      default: return .text(node)
      }
    default: return .text(node)
    }
  }

  /// Of a duration; those beyond are refused by their text.
  private static var microsecondsMax: Int64 { Int64(Int32.max) * 1000 }
  /// Microseconds from 2000 to the year 10000, behind which there is no text of a time.
  private static var yearsEnd: Int64 { 2_921_940 * 86_400 * 1_000_000 }
  /// Units of an amount, below which no number has more digits than a double keeps.
  private static var digitsEnd: UInt128 { 1_000_000_000_000_000 }

  private func time(
    _ node: Int, _ transform: Transform, _ argument: Int, _ value: inout Value,
    _ origin: inout Int32
  ) throws(SourceFault) -> Computed {
    guard let unit = transform.partsOfSecond else { return .text(node) }
    var source = SourceValue.nothing
    guard try evaluate(argument, into: &source) else { return .absent }
    let time = try timestamp(source, unit: unit)
    guard 0..<Self.yearsEnd ~= time.microseconds else { return .text(node) }
    (value, origin) = (.timestamp(time), source.origin)
    return .value
  }

  private func amount(
    _ node: Int, _ argument: Int, _ value: inout Value, _ origin: inout Int32
  ) throws(SourceFault) -> Computed {
    var source = SourceValue.nothing
    guard try evaluate(argument, into: &source) else { return .absent }
    let units = try units(ofShortest: &source)
    guard source.token.kind == .string || units.magnitude < Self.digitsEnd else {
      return .text(node)
    }
    (value, origin) = (.amount(Amount(units: units)), source.origin)
    return .value
  }
}
