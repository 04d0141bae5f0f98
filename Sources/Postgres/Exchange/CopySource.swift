// SPDX-License-Identifier: Apache-2.0
/// The bytes of one COPY … TO STDOUT; made by `Connection.copyOut`, which alone may keep it.
package struct CopySource: ~Copyable {
  private let handle: ConnectionHandle
  private let deadline: Deadline
  private(set) var isAtEnd = false

  init(_ handle: ConnectionHandle, _ deadline: Deadline) {
    self.handle = handle
    self.deadline = deadline
  }

  /// Fills the buffer and returns how many bytes it got: less than it holds only at the end.
  ///
  /// Copies straight from libpq's buffer: PQgetCopyData would allocate each row.
  package mutating func read(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(PostgresError) -> Int {
    var done = 0
    while done < buffer.count, !isAtEnd {
      let count = unsafe handle.getCopyBytes(into: .init(rebasing: buffer[done...]))
      if count > 0 {
        done += count
      } else if count < 0 {
        isAtEnd = true  // or an error, which the next result explains
      } else {
        try waitForMore()
      }
    }
    return done
  }

  private mutating func waitForMore() throws(PostgresError) {
    guard try Socket.wait(handle.socket, for: .readable, until: deadline) != .none else {
      throw PostgresError(
        .connectionFailure, "the COPY has not ended within \(deadline.allowance)",
        phase: .unanswered)
    }
    if !handle.consumeInput() { isAtEnd = true }
  }
}
