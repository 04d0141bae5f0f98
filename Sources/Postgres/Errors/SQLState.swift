// SPDX-License-Identifier: Apache-2.0

/// A five character SQLSTATE, as the server sent it or as libpq's failure deserves.
package struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package var description: String { rawValue }

  /// The first two characters: the class of the condition.
  package var classCode: Substring { rawValue.prefix(2) }

  package static let cannotConnect = SQLState(rawValue: "08001")
  package static let connectionDoesNotExist = SQLState(rawValue: "08003")
  package static let featureNotSupported = SQLState(rawValue: "0A000")
  package static let connectionFailure = SQLState(rawValue: "08006")
  package static let protocolViolation = SQLState(rawValue: "08P01")
  package static let characterNotInRepertoire = SQLState(rawValue: "22021")
  package static let invalidParameterValue = SQLState(rawValue: "22023")
  package static let uniqueViolation = SQLState(rawValue: "23505")
  package static let checkViolation = SQLState(rawValue: "23514")
  package static let readOnlyTransaction = SQLState(rawValue: "25006")
  package static let invalidAuthorization = SQLState(rawValue: "28000")
  package static let invalidPassword = SQLState(rawValue: "28P01")
  package static let invalidCatalogName = SQLState(rawValue: "3D000")
  package static let serializationFailure = SQLState(rawValue: "40001")
  package static let deadlockDetected = SQLState(rawValue: "40P01")
  package static let insufficientPrivilege = SQLState(rawValue: "42501")
  package static let duplicateTable = SQLState(rawValue: "42P07")
  package static let undefinedTable = SQLState(rawValue: "42P01")
  package static let undefinedColumn = SQLState(rawValue: "42703")
  package static let undefinedFunction = SQLState(rawValue: "42883")
  package static let invalidSchemaName = SQLState(rawValue: "3F000")
  package static let tooManyConnections = SQLState(rawValue: "53300")
  package static let notInPrerequisiteState = SQLState(rawValue: "55000")
  package static let lockNotAvailable = SQLState(rawValue: "55P03")
  package static let queryCanceled = SQLState(rawValue: "57014")
  package static let configFileError = SQLState(rawValue: "F0000")
  package static let raiseException = SQLState(rawValue: "P0001")
  package static let internalError = SQLState(rawValue: "XX000")

  /// States with which functions and migrations of Daybook refuse something; their hints say what
  /// to do instead, which the state alone does not.
  var hasBetterHint: Bool {
    [.notInPrerequisiteState, .raiseException, .insufficientPrivilege, .invalidParameterValue]
      .contains(self)
  }

  /// Raised by Daybook's own functions: the offsets belong to another owner now.
  package static let fenced = SQLState(rawValue: "DB001")

  /// Raised by Daybook's own functions: the rows are under legal hold.
  package static let held = SQLState(rawValue: "DB002")

  /// Raised by Daybook's own functions: a tenant has another time zone than the batch was made for.
  package static let calendarChanged = SQLState(rawValue: "DB003")

  /// Raised by Daybook's own functions: the temporary tables hold rows that are not of the batch.
  package static let strayRows = SQLState(rawValue: "DB004")

  /// Raised by Daybook's own functions: the prices that the batch was made with are not in this
  /// database.
  package static let pricesLost = SQLState(rawValue: "DB005")
}
