// SPDX-License-Identifier: Apache-2.0
import CPostgres

/// What the server has answered so far to a string with several COPY statements.
struct CopyExchange {
  let expected: Int
  private(set) var started = 0
  private(set) var rows: [Int64] = []
  private(set) var failure: ServerFailure?
  /// Why the feed gave up, when it did.
  var feedFailure: PostgresError?

  init(expected: Int) { self.expected = expected }

  /// Whether the COPY that has just started is one that the caller knows of.
  var accepts: Bool { started <= expected }

  mutating func note(_ result: borrowing ResultHandle, _ handle: ConnectionHandle) {
    switch result.status {
    case PGRES_COPY_IN:
      started += 1
    case PGRES_COMMAND_OK:
      if let count = result.copiedRows { rows.append(count) }
    case PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
      break
    case PGRES_COPY_OUT, PGRES_COPY_BOTH:
      failure = failure ?? ServerFailure(.protocolViolation, "use copyOut for COPY … TO STDOUT")
    default:
      failure = failure ?? ServerFailure(result, handle)
    }
  }
}
