// SPDX-License-Identifier: Apache-2.0

/// One record, owned: freed when the value goes out of scope.
///
/// Payload, key and headers point into a whole fetched batch, which stays in memory as long as any
/// of its messages: copy what is needed and let go. Must be gone before its consumer is closed. A
/// payload or key of nil is a null, which is not the same as an empty one.
package struct Message: ~Copyable {
  private let handle: MessageHandle
  /// Position of the topic in the list that was subscribed to.
  package let topicIndex: Int

  init(_ handle: consuming MessageHandle, topicIndex: Int) {
    self.handle = handle
    self.topicIndex = topicIndex
  }

  package var partition: Int32 { handle.partition }

  package var offset: Int64 { handle.offset }

  /// Milliseconds since 1970, or -1 when the record has none.
  package var timestampMilliseconds: Int64 { handle.timestampMilliseconds }

  package var payload: UnsafeRawBufferPointer? { unsafe handle.payload }

  package var key: UnsafeRawBufferPointer? { unsafe handle.key }

  /// Calls `body` with name and value of every header in their order; a value of nil is a null.
  ///
  /// Returns false when the header bytes cannot be read (none is passed on then): refuse the
  /// record.
  @discardableResult
  package func forEachHeader(
    _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) -> Void
  ) -> Bool {
    unsafe handle.forEachHeader(body)
  }
}
