// SPDX-License-Identifier: Apache-2.0
import Postgres
import Testing

/// The connection is in step and answers the next statement with its own result.
func expectValid(
  _ connection: inout Connection, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let isUsable = connection.isUsable
  #expect(isUsable, sourceLocation: sourceLocation)
  if connection.transactionStatus != .idle { try connection.execute("ROLLBACK") }
  let answer = try connection.execute("SELECT 'valid'").text(0, 0)
  #expect(answer == "valid", sourceLocation: sourceLocation)
}

func expectStatus(
  _ connection: borrowing Connection, _ expected: TransactionStatus,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let status = connection.transactionStatus
  #expect(status == expected, sourceLocation: sourceLocation)
}

extension CopySink {
  mutating func put(_ text: String) throws(PostgresError) {
    try put(bytes: Array(text.utf8))
  }

  mutating func put(bytes: [UInt8]) throws(PostgresError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(PostgresError) in try put(buffer) }
    }
    try result.get()
  }
}
