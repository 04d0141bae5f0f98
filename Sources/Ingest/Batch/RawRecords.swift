// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Kafka

/// Where one record's bytes stand in `RawRecords`; a negative count is Kafka's null.
struct RawLayout: BitwiseCopyable {
  var start: Int
  var keyCount: Int32
  var payloadCount: Int32
  var headerCount: Int32
}

/// Keys, values and headers of a batch's records as they came from Kafka.
///
/// They are copied at once, because a librdkafka message pins its whole fetch buffer, and kept
/// until the commit, because any record may yet turn out to be a conflict or be refused by the
/// database, and is then stored byte for byte. Of a value that is refused for its size the caller
/// gives only the beginning.
struct RawRecords: ~Copyable {
  private var buffer = CopyBuffer(capacity: 1 << 20)

  var count: Int { buffer.count }

  mutating func removeAll() {
    buffer.removeAll()
    buffer.shrink(toCapacity: IngestLimits.retainedBufferBytesMax)
  }

  mutating func append(_ record: ConsumedRecord) -> RawLayout {
    var layout = RawLayout(start: buffer.count, keyCount: -1, payloadCount: -1, headerCount: 0)
    if let key = record.key {
      layout.keyCount = Int32(truncatingIfNeeded: key.count)
      buffer.append(bytes: key)
    }
    if let payload = record.payload {
      layout.payloadCount = Int32(truncatingIfNeeded: payload.count)
      buffer.append(bytes: payload)
    }
    if let headers = record.headers {
      layout.headerCount = headers.count
      buffer.append(bytes: headers.bytes)
    }
    return layout
  }

  func key(_ layout: RawLayout) -> UnsafeRawBufferPointer? {
    slice(layout.start, layout.keyCount)
  }

  func payload(_ layout: RawLayout) -> UnsafeRawBufferPointer? {
    slice(layout.start + Int(max(0, layout.keyCount)), layout.payloadCount)
  }

  /// Calls `body` for each header, in the record's order.
  func forEachHeader(
    _ layout: RawLayout,
    _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) -> Void
  ) {
    var position =
      layout.start + Int(max(0, layout.keyCount)) + Int(max(0, layout.payloadCount))
    for _ in 0..<layout.headerCount {
      let nameCount = buffer.bytes.loadUnaligned(fromByteOffset: position, as: Int32.self)
      let valueCount = buffer.bytes.loadUnaligned(fromByteOffset: position + 4, as: Int32.self)
      position += 8
      guard let name = slice(position, nameCount) else { return }
      position += Int(nameCount)
      body(name, slice(position, valueCount))
      position += Int(max(0, valueCount))
    }
  }

  private func slice(_ start: Int, _ count: Int32) -> UnsafeRawBufferPointer? {
    count < 0
      ? nil : UnsafeRawBufferPointer(rebasing: buffer.bytes[start..<start + Int(count)])
  }
}

/// A record between poll and batch; the pointers are valid until the Kafka message is freed.
struct ConsumedRecord {
  /// Index of the batch's span.
  var span: Int
  var offset: Int64
  /// Milliseconds since 1970; negative when the record has none.
  var timestampMilliseconds: Int64
  var key: UnsafeRawBufferPointer?
  var payload: UnsafeRawBufferPointer?
  var headers: PackedHeaders?
  /// Which item of it is added, -1 for the record itself.
  var item: Int32 = -1
}

/// Headers of one record, each as two native `Int32` counts (name, value; −1 = null) and the bytes.
struct PackedHeaders {
  var count: Int32
  var bytes: UnsafeRawBufferPointer
}
