// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
import Kafka

/// The last consumed record of a partition: read again at each claim, it shows whether the log is
/// still the one that was read before. A topic that was deleted and made again, already longer than
/// the stored offset, is found in no other way with librdkafka 2.0.2.
struct Anchor: Equatable {
  var offset: Int64
  /// SHA-256, 64 hexadecimal characters.
  var hash: String
}

/// Computes anchors: SHA-256 of timestamp, key and value, each part preceded by its length.
struct AnchorHasher: ~Copyable {
  private var buffer = CopyBuffer(capacity: 4096)

  mutating func anchor(of message: borrowing Message) -> Anchor {
    anchor(
      offset: message.offset, timestampMilliseconds: message.timestampMilliseconds,
      key: message.key, payload: message.payload)
  }

  mutating func anchor(
    offset: Int64, timestampMilliseconds: Int64, key: UnsafeRawBufferPointer?,
    payload: UnsafeRawBufferPointer?
  ) -> Anchor {
    buffer.removeAll()
    buffer.append(raw: timestampMilliseconds)
    for part in [key, payload] {
      buffer.append(raw: Int64(part?.count ?? -1))
      if let part { buffer.append(bytes: part) }
    }
    var digest: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    let bytes = buffer.bytes
    let hash = withUnsafeMutableBytes(of: &digest) { target in
      SHA256.digest(bytes, into: target)
      return target.map { byte in
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
      }.joined()
    }
    buffer.shrink(toCapacity: 1 << 20)
    return Anchor(offset: offset, hash: hash)
  }
}
