// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// Where a row came from, stamped on it.
package struct Provenance {
  package let ingestedAt: Timestamp
  /// UTF-8, borrowed.
  package let topic: UnsafeRawBufferPointer
  package let partition: Int32
  package let offset: Int64
  /// The index of the item in its record, -1 where the record itself is the item.
  package let item: Int32

  package init(
    ingestedAt: Timestamp, topic: UnsafeRawBufferPointer, partition: Int32, offset: Int64,
    item: Int32 = -1
  ) {
    self.ingestedAt = ingestedAt
    self.topic = topic
    self.partition = partition
    self.offset = offset
    self.item = item
  }
}
