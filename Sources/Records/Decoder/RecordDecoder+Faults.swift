// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
import JSON

/// Where and what the faults are: for refused records and for those who write producers. Nothing of
/// it costs a record that is accepted.
extension RecordDecoder {
  /// Faults of one document that are told.
  private static var faultsMax: Int { 32 }

  /// The rejection with its place in the value of the record that was decoded last: looked for only
  /// now, because it means reading again.
  package func located(_ rejection: Rejection) -> Rejection {
    guard rejection.offset < 0 else { return rejection }
    let start = openBatch?.start ?? 0
    let column = Int(rejection.column)
    if translator == nil, let fault = unwrapper.fault {
      guard rejection.reason == Reason(fault.error) else { return rejection }
      let named = fault.name.flatMap { plan.keys.column(ofName: $0) }
      return rejection.at(fault.offset < 0 ? -1 : fault.offset + start, column: named ?? column)
    }
    guard let tape, found.indices.contains(column), found[column] != 0 else { return rejection }
    let token = JSONCheck.fault(
      in: Int(found[column].magnitude), of: tape, plan.columns[column].kind)
    let offset = translator?.offset(of: token) ?? unwrapper.offset(of: token)
    return rejection.at(offset < 0 ? -1 : offset + start, column: column)
  }

  /// Everything that is wrong with a record; nothing of it is stored.
  ///
  /// What of its document cannot be read is taken out, as long as the rest can be told from it.
  package func examine(_ record: RawRecord, now: Timestamp) -> [Rejection] {
    faults = []
    defer { faults = nil }
    var value = RepairedValue(record.payload)
    var isDamaged = true
    while isDamaged {
      do throws(Rejection) {
        try value.decode(record, now: now, with: self)
        isDamaged = false
      } catch {
        // A request of OTLP lacks fields because it is none of the records.
        if tape != nil { faults = [] }
        faults?.append(located(error))
        isDamaged =
          (faults?.count ?? 0) < Self.faultsMax && unwrapper.fault.map { value.repair($0) } == true
      }
    }
    return (faults ?? []).map(located)
  }

  /// Ends the record, unless it is examined.
  func refuse(_ rejection: Rejection) throws(Rejection) {
    guard faults != nil else { throw rejection }
    // What cannot be read is missing, too: once is enough.
    if rejection.column >= 0, isFaulty(Int(rejection.column)) { return }
    faults?.append(rejection)
  }

  /// Whether the column of a record that is examined is known to be at fault.
  func isFaulty(_ column: Int) -> Bool {
    faults?.contains { Int($0.column) == column } ?? false
  }
}
