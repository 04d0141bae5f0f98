// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records

/// What two clocks that contradict each other say of a record.
extension BatchFiller {
  /// The host's clock is far ahead of the server's: nobody here knows which of them is wrong.
  var areClocksInDoubt: Bool { clock.isContradictory && clock.hostAhead > 0 }

  /// True if the server's clock calls an item of the record too new, and the host's, which is far
  /// ahead of it, does not.
  ///
  /// Asked before anything of the record is added, and only while the clocks contradict each other:
  /// its items are decoded for it once more.
  func isInDoubt(_ record: ConsumedRecord, source: Int) -> Bool {
    guard areClocksInDoubt else { return false }
    let tooNew = itemsTooNew(record, source: source, now: clock.now)
    return !tooNew.isEmpty && tooNew != itemsTooNew(record, source: source, now: clock.host)
  }

  private func itemsTooNew(
    _ record: ConsumedRecord, source: Int, now: Timestamp
  ) -> Set<Int32> {
    let decoder = decoder(of: source)
    var found: Set<Int32> = []
    do throws(Rejection) { try open(record, source: source, now: now) } catch { return [] }
    while true {
      do throws(Rejection) {
        guard try decoder.next() != nil else { return found }
      } catch {
        if error.reason == .tooNew { found.insert(decoder.item) }
      }
    }
  }
}
