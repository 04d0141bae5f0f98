// SPDX-License-Identifier: Apache-2.0
import CPostgres

/// Owns a `PGconn`: the only place that has the pointer, and so the only one that asks libpq with
/// it.
///
/// Held by a `Connection`, and by the sink or source of a COPY while that is fed or read. One
/// thread at a time.
@safe final class ConnectionHandle {
  private let raw: OpaquePointer
  /// The server's notices, which are swallowed: a COPY must tell a notice from an error.
  private(set) var noticeCount = 0

  /// Begins to connect, and blocks for the name resolution only; nil without memory.
  init?(_ parameters: [(name: String, value: String)]) {
    let values = CStringArray(parameters.map(\.value))
    let raw = unsafe CStringArray(parameters.map(\.name)).withPointers { names in
      unsafe values.withPointers { values in
        unsafe PQconnectStartParams(names, values, Self.expandsConninfoInDatabaseName)
      }
    }
    guard let raw = unsafe raw else { return nil }
    unsafe self.raw = raw
    // Unretained: libpq calls it only while it has the connection, which ends in `deinit`.
    unsafe PQsetNoticeReceiver(
      raw,
      { handle, _ in
        guard let handle = unsafe handle else { return }
        let owner = unsafe Unmanaged<ConnectionHandle>.fromOpaque(handle).takeUnretainedValue()
        owner.noticeCount &+= 1
      }, unsafe Unmanaged.passUnretained(self).toOpaque())
  }

  deinit {
    // Non-blocking, so the Terminate message is dropped rather than waited for.
    unsafe PQfinish(raw)
  }

  private static let expandsConninfoInDatabaseName: Int32 = 1

  // MARK: the session

  var status: ConnStatusType { unsafe PQstatus(raw) }
  var transactionStatus: PGTransactionStatusType { unsafe PQtransactionStatus(raw) }
  var socket: Int32 { unsafe PQsocket(raw) }
  var backendPID: Int32 { unsafe PQbackendPID(raw) }
  var host: String { unsafe Self.text(PQhost(raw)) }
  var port: String { unsafe Self.text(PQport(raw)) }
  var errorMessage: String { unsafe Self.text(PQerrorMessage(raw)) }

  /// One step of connecting; what the socket must be ready for, before the next one.
  func connectPoll() -> PostgresPollingStatusType { unsafe PQconnectPoll(raw) }

  func setErrorVerbosity(_ verbosity: PGVerbosity) { unsafe PQsetErrorVerbosity(raw, verbosity) }

  func setNonBlocking() { unsafe PQsetnonblocking(raw, 1) }

  /// As they are in force: of the string, the environment, the service file or by default.
  ///
  /// Nil without memory.
  var options: ConnectionOptions? {
    unsafe PQconninfo(raw).map { unsafe ConnectionOptions(consuming: $0) }
  }

  /// May be used from any thread, and after this connection.
  var canceller: Canceller? { unsafe PQgetCancel(raw).map { unsafe Canceller(consuming: $0) } }

  // MARK: statements and answers

  /// False when libpq refuses; `errorMessage` says why.
  func send(_ sql: String) -> Bool { unsafe PQsendQuery(raw, sql) == 1 }

  func send(_ sql: String, _ parameters: [String?]) -> Bool {
    unsafe CStringArray(parameters).withPointers { values in
      unsafe PQsendQueryParams(
        raw, sql, Int32(parameters.count), nil, values, nil, nil, Self.textFormat)
    } == 1
  }

  /// What is left of the queued bytes: 0 nothing, 1 some, -1 after an error.
  func flush() -> Int32 { unsafe PQflush(raw) }

  /// Reads what has come; false after an error, which the next result explains.
  func consumeInput() -> Bool { unsafe PQconsumeInput(raw) == 1 }

  /// Whether `nextResult` would wait; parses what has been read, and so delivers notices.
  var isBusy: Bool { unsafe PQisBusy(raw) == 1 }

  func nextResult() -> ResultHandle? {
    unsafe PQgetResult(raw).map { unsafe ResultHandle(consuming: $0) }
  }

  private static let textFormat: Int32 = 0

  // MARK: COPY

  func putCopyData(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
    return unsafe PQputCopyData(raw, start, Int32(clamping: bytes.count)) == 1
  }

  /// With a reason the server discards the COPY.
  func putCopyEnd(_ reason: String? = nil) { unsafe PQputCopyEnd(raw, reason) }

  /// Copies from libpq's buffer into this one: how many bytes, 0 when it has none, -1 at the end.
  func getCopyBytes(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
    return unsafe Int(PQgetlineAsync(raw, start, Int32(clamping: buffer.count)))
  }

  /// Drops one row: above 0 it was there, 0 it has not come yet, below there is none.
  func skipCopyRow() -> Int32 {
    var row: UnsafeMutablePointer<CChar>?
    defer { unsafe PQfreemem(row) }
    return unsafe PQgetCopyData(raw, &row, 1)
  }

  private static func text(_ text: UnsafePointer<CChar>?) -> String {
    unsafe text.map { unsafe String(cString: $0) } ?? ""
  }
}
