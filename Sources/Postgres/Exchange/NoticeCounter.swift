// SPDX-License-Identifier: Apache-2.0
import CPostgres

/// Swallows the server's notices and counts them, so that a COPY can tell a notice from an error.
///
/// The cell is libpq's callback argument: it lives as long as the connection, which frees it.
struct NoticeCounter {
  private let cell: UnsafeMutablePointer<Int>

  init(_ handle: OpaquePointer) {
    cell = .allocate(capacity: 1)
    cell.initialize(to: 0)
    PQsetNoticeReceiver(
      handle, { cell, _ in cell?.assumingMemoryBound(to: Int.self).pointee &+= 1 }, cell)
  }

  var count: Int { cell.pointee }

  func deallocate() { cell.deallocate() }
}
