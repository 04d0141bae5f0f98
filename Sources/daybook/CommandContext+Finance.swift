// SPDX-License-Identifier: Apache-2.0
import Books
import Postgres

extension CommandContext {
  /// Runs `body` with the books; the connection ends with it.
  func withBooks<Result, Failure: Error>(
    _ database: ConnectionSettings, failure: (Failure) -> Fault,
    _ body: (inout Books) throws(Failure) -> Result
  ) throws(Fault) -> Result {
    var books: Books
    do throws(PostgresError) { books = Books(try Connection(database), schema: schema) } catch {
      throw Fault(error)
    }
    do throws(Failure) { return try body(&books) } catch { throw failure(error) }
  }
}
