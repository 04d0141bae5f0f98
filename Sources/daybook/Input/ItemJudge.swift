// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Kafka
import Records

/// Reads records by a profile, item by item, and says what becomes of each.
final class ItemJudge {
  let profile: Profile
  let decoder: RecordDecoder
  private let keyMeaning: KeyMeaning
  private let schemas: FileSchemas?
  private let now: Timestamp

  /// One item of a record.
  struct Item {
    /// Its number; nil where the record itself is the item, or is refused as a whole.
    let number: Int?
    let outcome: Outcome
    /// Fields that look like what the stream is for, and are not read.
    let unread: [String]
  }

  enum Outcome {
    case row([RowField])
    /// By the rule of this name.
    case skipped(String)
    /// Everything that is wrong with it.
    case refused([RecordJudge.Finding])
  }

  init(
    _ profile: Profile, keyMeaning: KeyMeaning? = nil, isStrict: Bool, now: Timestamp,
    schemas: FileSchemas? = nil
  ) {
    self.profile = profile
    self.keyMeaning = keyMeaning ?? profile.keyMeaning
    self.now = now
    self.schemas = schemas
    decoder = RecordDecoder(
      stream: profile.stream, profile: profile, isStrict: isStrict, schemas: schemas?.view)
  }

  /// What becomes of the items; `note` sees the decoder at each one that is accepted, and may
  /// refuse it.
  func items(
    of record: InputRecord, _ note: (RecordDecoder) -> Rejection? = { _ in nil }
  ) throws(CommandError) -> [Item] {
    let items = read(record, note)
    try schemas?.check()
    return items
  }

  private func read(
    _ record: InputRecord, _ note: (RecordDecoder) -> Rejection?
  ) -> [Item] {
    unsafe record.withBytes(decoder.emptyHeaders) { payload, key, headers in
      let raw = unsafe RawRecord(
        payload: payload, key: key, keyMeaning: keyMeaning, headers: headers)
      func findings(_ faults: [Rejection]) -> [RecordJudge.Finding] {
        faults.map { fault in
          unsafe RecordJudge.Finding(
            rejection: fault, path: payload.flatMap { unsafe fault.path(in: $0) })
        }
      }
      do throws(Rejection) {
        try decoder.open(raw, now: now)
      } catch {
        return [Item(number: nil, outcome: .refused(findings([error])), unread: [])]
      }
      var items: [Item] = []
      while true {
        let (outcome, faults) = decoder.examineNext()
        if outcome == nil, faults.isEmpty { return items }
        let number = decoder.item >= 0 ? Int(decoder.item) : nil
        var refusals = faults
        if refusals.isEmpty, outcome == .accepted, let refusal = note(decoder) {
          refusals = [refusal]
        }
        let verdict: Outcome =
          switch outcome {
          case .skipped(let rule) where refusals.isEmpty: .skipped(decoder.skipNames[rule])
          case .accepted where refusals.isEmpty: .row(decoder.fields)
          default: .refused(findings(refusals))
          }
        items.append(Item(number: number, outcome: verdict, unread: unreadNames))
      }
    }
  }

  private var unreadNames: [String] {
    unsafe decoder.unknown.last.map { decoder.unknown.name(Int($0)) }
  }
}
