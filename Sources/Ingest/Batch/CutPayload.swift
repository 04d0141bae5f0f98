// SPDX-License-Identifier: Apache-2.0
import Digest

/// A value larger than any record may be: only its beginning is kept, and what tells which it was.
struct CutPayload {
  let byteCount: Int
  /// 64 hexadecimal characters.
  let sha256: String
  let keptCount: Int
  /// Of the whole record.
  let anchor: Anchor

  init(_ payload: UnsafeRawBufferPointer, of record: ConsumedRecord, keptCount: Int) {
    byteCount = payload.count
    self.keptCount = keptCount
    sha256 = SHA256.hex(of: payload)
    var hasher = AnchorHasher()
    anchor = hasher.anchor(
      offset: record.offset, timestampMilliseconds: record.timestampMilliseconds, key: record.key,
      payload: payload)
  }

  /// Behind the reason in `rejected_records.message`.
  var sentence: String {
    "; the value has \(byteCount) bytes (SHA-256 \(sha256)), and the first \(keptCount) are kept"
  }
}
