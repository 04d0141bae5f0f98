// SPDX-License-Identifier: Apache-2.0
import Records

/// What became of one item of a record.
enum ItemResult: Equatable, CustomStringConvertible {
  case row([String: RowField.Value])
  /// The name of the rule.
  case skipped(String)
  /// The reason's code, and the field.
  case refused(String, String?)

  var description: String {
    switch self {
    case .row: "a row"
    case .skipped(let rule): "skipped: \(rule)"
    case .refused(let reason, let field): "refused: \(reason) \(field ?? "")"
    }
  }

  /// All items of a record; one of them, when it is refused as a whole.
  static func all(of sample: Sample, _ decoder: RecordDecoder) -> [ItemResult] {
    sample.withRecord(decoder) { record in
      var results: [ItemResult] = []
      do throws(Rejection) {
        try decoder.open(record, now: testNow)
      } catch {
        return [.refused(error.reason.code, error.field(in: decoder.stream))]
      }
      while true {
        do throws(Rejection) {
          switch try decoder.next() {
          case nil: return results
          case .accepted:
            results.append(
              .row(
                Dictionary(uniqueKeysWithValues: decoder.fields.map { ($0.column, $0.value) })))
          case .skipped(let rule): results.append(.skipped(decoder.skipNames[rule]))
          }
        } catch {
          results.append(.refused(error.reason.code, error.field(in: decoder.stream)))
        }
      }
    }
  }
}
