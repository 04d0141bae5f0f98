// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import Postgres
import Sysexits

extension CommandContext {
  /// Runs `body` with the books; the connection ends with it.
  func withBooks<Result>(
    _ database: ConnectionSettings,
    _ body: (inout Books) throws(PostgresError) -> Result
  ) throws(CommandError) -> Result {
    do throws(PostgresError) {
      var books = Books(try Connection(database), schema: schema)
      return try body(&books)
    } catch {
      throw Self.booksFault(error)
    }
  }

  /// The same for a body with errors of its own.
  func withBooks<Result, Failure: Error>(
    _ database: ConnectionSettings, failure: (Failure) -> CommandError,
    _ body: (inout Books) throws(Failure) -> Result
  ) throws(CommandError) -> Result {
    var books: Books
    do throws(PostgresError) { books = Books(try Connection(database), schema: schema) } catch {
      throw Self.booksFault(error)
    }
    do throws(Failure) { return try body(&books) } catch { throw failure(error) }
  }

  /// What the database's functions refuse is an answer, not a failure.
  static func booksFault(_ error: PostgresError) -> CommandError {
    switch error.sqlState {
    case .notInPrerequisiteState where error.message.hasPrefix("days and month "):
      CommandError(.checkFailed, "\(error.message): run daybook reconcile")
    case .notInPrerequisiteState where error.message.hasPrefix("month "):
      CommandError(.checkFailed, "\(error.message): see daybook periods list")
    case .insufficientPrivilege where error.message.hasPrefix("permission denied"):
      CommandError(
        .noPermission, "\(error.message): this wants a login that is a member of app_finance")
    case .lockNotAvailable:
      CommandError(.temporary, "a batch or another change of the books is under way: try again")
    default: CommandError(error)
    }
  }

  /// The operand of a command on one month.
  func monthOperand() throws(CommandError) -> Month {
    let text = operands.first ?? ""
    guard let month = ValueKind.month(text) else {
      throw CommandError(
        .usage, "\(text) is no month: give it as YYYY-MM, last-month or this-month")
    }
    return month
  }

  /// A reason that may be left out.
  func reasonText(_ option: OptionDeclaration) throws(CommandError) -> String? {
    settings.text(option) == nil ? nil : try requiredReason(option)
  }

  /// Words, not blanks: the database refuses those too, but only then.
  func requiredReason(_ option: OptionDeclaration) throws(CommandError) -> String {
    let text = try settings.required(option)
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw CommandError(.usage, "\(option.flag) is blank: say why")
    }
    return text
  }
}
