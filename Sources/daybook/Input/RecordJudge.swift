// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Kafka
import Records

/// Decodes records one by one and counts the verdicts.
final class RecordJudge {
  let decoder: RecordDecoder
  private let keyMeaning: KeyMeaning
  private let now: Timestamp
  private(set) var accepted = 0
  private(set) var refused = 0
  /// By reason code.
  private(set) var reasons: [String: Int] = [:]
  /// Records by the name of a field that is watched and not read.
  private(set) var unread: [String: Int] = [:]
  /// Everything that is wrong with the record that was judged last.
  private(set) var faults: [Finding] = []

  /// A fault, and what leads to it in the record.
  struct Finding {
    let rejection: Rejection
    let path: String?

    func message(in stream: Stream) -> String { rejection.message(in: stream, path: path) }
  }

  init(stream: Stream, keyMeaning: KeyMeaning, isStrict: Bool, now: Timestamp) {
    decoder = RecordDecoder(stream: stream, isStrict: isStrict)
    self.keyMeaning = keyMeaning
    self.now = now
  }

  var unknownFields: Int { decoder.counters.unknownFields }

  /// Decodes a record; hands the decoder on while the record is there, if it is accepted.
  func judge(
    _ record: InputRecord, _ accept: (RecordDecoder) -> Rejection?
  ) -> Finding? {
    let finding = unsafe record.withBytes(decoder.emptyHeaders) {
      payload, key, headers -> Finding? in
      func finding(_ rejection: Rejection) -> Finding {
        unsafe Finding(
          rejection: rejection, path: payload.flatMap { unsafe rejection.path(in: $0) })
      }
      let raw = unsafe RawRecord(
        payload: payload, key: key, keyMeaning: keyMeaning, headers: headers)
      do throws(Rejection) {
        try decoder.open(raw, now: now)
        // The events of a batch, or the record itself.
        while try decoder.next() != nil {
          if let found = accept(decoder).map(finding) {
            faults = [found]
            return found
          }
        }
        faults = []
        return nil
      } catch {
        let first = decoder.located(error)
        faults = decoder.item >= 0 ? [finding(first)] : decoder.examine(raw, now: now).map(finding)
        return finding(first)
      }
    }
    for name in unreadNames { unread[name, default: 0] += 1 }
    if let finding { refuse(finding.rejection.reason.code) } else { accepted += 1 }
    return finding
  }

  /// Those of the record that was judged last.
  var unreadNames: [String] {
    unsafe decoder.unknown.last.map { decoder.unknown.name(Int($0)) }
  }

  /// Counts what is no record.
  func refuse(_ reason: String) {
    refused += 1
    reasons[reason, default: 0] += 1
  }
}

extension InputRecord {
  /// Shows the bytes as a message would.
  func withBytes<Result>(
    _ empty: EnvelopeHeaders,
    _ body: (UnsafeRawBufferPointer?, UnsafeRawBufferPointer?, EnvelopeHeaders) -> Result
  ) -> Result {
    let parts = [value, key] + headers.flatMap { [Array($0.name.utf8), $0.value] }
    return unsafe parts.flatMap { $0 ?? [] }.withUnsafeBytes { bytes in
      var slices: [UnsafeRawBufferPointer?] = unsafe []
      var start = 0
      for part in parts {
        let end = start + (part?.count ?? 0)
        unsafe slices.append(
          part == nil ? nil : UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        start = end
      }
      var envelope = empty
      for index in stride(from: 2, to: parts.count, by: 2) {
        if let name = unsafe slices[index] {
          unsafe envelope.add(name: name, value: slices[index + 1])
        }
      }
      return unsafe body(slices[0], slices[1], envelope)
    }
  }
}
