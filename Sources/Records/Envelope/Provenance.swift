// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// Where a row came from, stamped on it.
package struct Provenance {
  package let ingestedAt: Timestamp
  /// UTF-8, borrowed.
  package let topic: UnsafeRawBufferPointer
  package let partition: Int32
  package let offset: Int64

  package init(
    ingestedAt: Timestamp, topic: UnsafeRawBufferPointer, partition: Int32, offset: Int64
  ) {
    self.ingestedAt = ingestedAt
    self.topic = topic
    self.partition = partition
    self.offset = offset
  }
}
