// SPDX-License-Identifier: Apache-2.0
import CPostgres

/// Owns a `PGresult`, or none, which libpq takes for one without rows.
@safe struct ResultHandle: ~Copyable {
  private let raw: OpaquePointer?

  /// No rows.
  init() { unsafe raw = nil }

  init(consuming raw: OpaquePointer) { unsafe self.raw = raw }

  deinit { unsafe PQclear(raw) }

  var status: ExecStatusType { unsafe PQresultStatus(raw) }

  /// "INSERT 0 3"; empty where there is none.
  var commandTag: String { unsafe PQcmdStatus(raw).map { unsafe String(cString: $0) } ?? "" }

  /// Of the tag "COPY 5"; other commands of the string do not start with this word.
  var copiedRows: Int64? {
    let tag = commandTag
    return tag.hasPrefix("COPY ") ? Int64(tag.dropFirst(5)) : nil
  }

  var rowCount: Int { unsafe Int(PQntuples(raw)) }
  var columnCount: Int { unsafe Int(PQnfields(raw)) }

  /// The value in text form; nil for NULL and for a position outside of the result.
  func text(_ row: Int, _ column: Int) -> String? {
    guard (0..<rowCount).contains(row), (0..<columnCount).contains(column),
      unsafe PQgetisnull(raw, Int32(row), Int32(column)) == 0,
      let value = unsafe PQgetvalue(raw, Int32(row), Int32(column))
    else { return nil }
    return unsafe String(cString: value)
  }

  func name(of column: Int) -> String {
    unsafe PQfname(raw, Int32(clamping: column)).map { unsafe String(cString: $0) } ?? ""
  }

  /// A PG_DIAG_* field of an error.
  func errorField(_ code: UInt8) -> String? {
    unsafe PQresultErrorField(raw, Int32(code)).map { unsafe String(cString: $0) }
  }
}
