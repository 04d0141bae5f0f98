// SPDX-License-Identifier: Apache-2.0
import CPostgres

/// The bytes of one COPY … TO STDOUT; made by `Connection.copyOut`, which alone may keep it.
package struct CopySource: ~Copyable {
  private let handle: OpaquePointer
  private let deadline: Deadline
  private(set) var isAtEnd = false

  init(_ handle: OpaquePointer, _ deadline: Deadline) {
    self.handle = handle
    self.deadline = deadline
  }

  /// Fills the buffer and returns how many bytes it got: less than it holds only at the end.
  ///
  /// Copies straight from libpq's buffer: PQgetCopyData would allocate each row.
  package mutating func read(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(PostgresError) -> Int {
    guard let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { return 0 }
    var done = 0
    while done < buffer.count, !isAtEnd {
      let count = PQgetlineAsync(
        handle, start + done, Int32(clamping: buffer.count - done))
      if count > 0 {
        done += Int(count)
      } else if count < 0 {
        isAtEnd = true  // or an error, which the next result explains
      } else {
        try waitForMore()
      }
    }
    return done
  }

  private mutating func waitForMore() throws(PostgresError) {
    guard try Socket.wait(PQsocket(handle), for: .readable, until: deadline) != .none else {
      throw PostgresError(
        .connectionFailure, "the COPY has not ended within \(deadline.allowance)",
        phase: .unanswered)
    }
    if PQconsumeInput(handle) == 0 { isAtEnd = true }
  }
}
