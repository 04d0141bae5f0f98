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

  /// Takes ownership of `result`.
  mutating func note(_ result: OpaquePointer, _ handle: OpaquePointer) {
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_COPY_IN:
      started += 1
    case PGRES_COMMAND_OK:
      if let count = Self.rowCount(result) { rows.append(count) }
    case PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
      break
    case PGRES_COPY_OUT, PGRES_COPY_BOTH:
      failure = failure ?? ServerFailure(.protocolViolation, "use copyOut for COPY … TO STDOUT")
    default:
      failure = failure ?? ServerFailure(result, handle)
    }
  }

  /// Of the tag "COPY 5"; other commands of the string do not start with this word.
  static func rowCount(_ result: OpaquePointer) -> Int64? {
    let tag = PQcmdStatus(result).map { String(cString: $0) } ?? ""
    return tag.hasPrefix("COPY ") ? Int64(tag.dropFirst(5)) : nil
  }
}
