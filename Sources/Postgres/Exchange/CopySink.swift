// SPDX-License-Identifier: Apache-2.0
/// Where the bytes of one COPY … FROM STDIN go; exists only during the call of the feed.
package struct CopySink: ~Copyable {
  private let handle: ConnectionHandle
  private let deadline: Deadline
  /// Bytes given to libpq since its buffer was last known to be empty.
  private var unflushed = 0
  /// The server has spoken, which during COPY means an error: it discards what still comes.
  private(set) var isRefused = false

  init(_ handle: ConnectionHandle, _ deadline: Deadline) {
    self.handle = handle
    self.deadline = deadline
  }

  /// Sends `bytes`, of any size; waits while the server is slower.
  ///
  /// Throws when the server has refused the data: let that error pass, `copyIn` replaces it with
  /// the server's own.
  package mutating func put(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    var rest = unsafe bytes
    while unsafe !rest.isEmpty {
      let count = min(rest.count, Self.messageBytesMax)
      try checkServer()
      guard unsafe handle.putCopyData(UnsafeRawBufferPointer(rebasing: rest[..<count])) else {
        throw refuse()
      }
      unflushed += count
      if unflushed >= Self.messageBytesMax { try drain() }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Waits until libpq's buffer is empty: it would grow without bound in non-blocking mode.
  private mutating func drain() throws(PostgresError) {
    while true {
      let state = handle.flush()
      if state < 0 { throw refuse() }
      if state == 0 { break }
      let ready = try Socket.wait(handle.socket, for: [.readable, .writable], until: deadline)
      if ready == .none {
        throw PostgresError(
          .connectionFailure, "the server takes no COPY data within \(deadline.allowance)",
          phase: .unanswered)
      }
      if ready.contains(.readable) { try checkServer() }
    }
    unflushed = 0
  }

  /// libpq does not look at an error before the end of a COPY.
  ///
  /// But while it copies, the server sends nothing except notices and errors: readable without a
  /// notice means that it has failed.
  private mutating func checkServer() throws(PostgresError) {
    guard try Socket.poll(handle.socket, for: .readable, milliseconds: 0) != .none else {
      return
    }
    let before = handle.noticeCount
    guard handle.consumeInput() else { throw refuse() }
    _ = handle.isBusy  // parses, and so delivers notices
    if handle.noticeCount == before { throw refuse() }
  }

  private mutating func refuse() -> PostgresError {
    isRefused = true
    return PostgresError(.queryCanceled, "the server ended the COPY", phase: .unanswered)
  }

  /// One CopyData message with its header of 5 bytes fills eight of libpq's 8 KiB writes exactly;
  /// other sizes leave a rest that goes out as a tiny packet of its own.
  private static let messageBytesMax = 65_536 - 5
}
