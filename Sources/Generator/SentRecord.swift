// SPDX-License-Identifier: Apache-2.0

/// A record that went out and may go out again.
struct SentRecord {
  let stream: RecordGenerator.RecordKind
  let payload: [UInt8]
  let key: [UInt8]?
  let headers: [(name: StaticString, value: [UInt8])]
  var hasDuplicate = false

  /// The same identity with other content: the last digit of `duration_ms` or `request_id` is
  /// changed, which touches neither money nor tokens.
  var contradicted: [UInt8] {
    let marker: StaticString = stream == .invocations ? "\"duration_ms\":" : "\"request_id\":\"req-"
    var result = payload
    guard var index = result.end(of: marker) else {
      preconditionFailure("every generated record has \(marker)")
    }
    while index < result.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(result[index]) {
      index += 1
    }
    let digit = result[index - 1] - UInt8(ascii: "0")
    result[index - 1] = UInt8(ascii: "0") + (digit + 1) % 10
    return result
  }
}

extension [UInt8] {
  /// The index after the first occurrence of `marker`.
  func end(of marker: StaticString) -> Int? {
    let wanted = unsafe UnsafeBufferPointer(
      start: marker.utf8Start, count: marker.utf8CodeUnitCount)
    guard count >= wanted.count else { return nil }
    for start in 0...(count - wanted.count)
    where unsafe self[start..<start + wanted.count].elementsEqual(wanted) {
      return start + wanted.count
    }
    return nil
  }
}
