// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records

/// Decodes records one by one and counts the verdicts.
final class RecordJudge {
  private let decoder: RecordDecoder
  private let contentType: [UInt8]?
  private let now: Timestamp
  private(set) var accepted = 0
  private(set) var refused = 0
  /// By reason code.
  private(set) var reasons: [String: Int] = [:]
  /// Records by the name of a field that is watched and not read.
  private(set) var unread: [String: Int] = [:]

  init(stream: Stream, contentType: String?, isStrict: Bool = false, now: Timestamp) {
    decoder = RecordDecoder(stream: stream, isStrict: isStrict)
    self.contentType = contentType.map { Array($0.utf8) }
    self.now = now
  }

  var unknownFields: Int { decoder.counters.unknownFields }

  /// Everything that is wrong with the record that was judged last.
  private(set) var faults: [Rejection] = []

  /// Why the record is refused, or nil.
  func judge(_ line: ArraySlice<UInt8>) -> Rejection? {
    let rejection = line.withUnsafeBytes { payload in
      guard let contentType else { return decode(RawRecord(payload: payload)) }
      return Self.headerName.withUnsafeBytes { name in
        contentType.withUnsafeBytes { value in
          var headers = EnvelopeHeaders()
          headers.add(name: name, value: value)
          return decode(RawRecord(payload: payload, headers: headers))
        }
      }
    }
    for name in unreadNames { unread[name, default: 0] += 1 }
    if let rejection {
      refused += 1
      reasons[rejection.reason.code, default: 0] += 1
    } else {
      accepted += 1
    }
    return rejection
  }

  /// Those of the record that was judged last.
  var unreadNames: [String] {
    decoder.unknown.last.map { decoder.unknown.name(Int($0)) }
  }

  private static let headerName = Array("content-type".utf8)

  private func decode(_ record: RawRecord) -> Rejection? {
    do throws(Rejection) {
      try decoder.decode(record, now: now)
      faults = []
      return nil
    } catch {
      // The faults first, because examining forgets what the record said.
      faults = decoder.examine(record, now: now)
      return error
    }
  }
}
