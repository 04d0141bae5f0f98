// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres

extension PriceCatalog {
  /// A change is one statement; a price list of some thousand rows takes the server a second or
  /// two.
  private static let changeDeadline: Duration = .seconds(120)

  /// Who says so, for `price_versions`.
  package struct Source: Sendable {
    package enum Format: String, Sendable {
      case litellm, manual
    }

    package var name: String
    package var format: Format
    /// Of the file, 64 hexadecimal digits.
    package var sha256: String?
    /// A JSON object.
    package var detail: String

    package init(_ name: String, _ format: Format, sha256: String? = nil, detail: String = "{}") {
      self.name = name
      self.format = format
      self.sha256 = sha256
      self.detail = detail
    }
  }

  /// Enters one change and returns its version. SQLSTATE 40001 when the catalogue is no longer at
  /// `expectedVersion`; 42501 for a login that is not in app_finance.
  package func change(
    _ connection: inout Connection, expectedVersion: Int64, source: Source,
    prices: [PriceChange] = [], aliases: [PriceAliasChange] = []
  ) throws(PostgresError) -> Int64 {
    let result = try connection.query(
      """
      SELECT \(schema).daybook_change_prices($1, $2, $3, decode($4, 'hex'), $5, $6, $7)
      """,
      [
        String(expectedVersion), source.name, source.format.rawValue, source.sha256, source.detail,
        "[" + prices.map(\.json).joined(separator: ",") + "]",
        "[" + aliases.map(\.json).joined(separator: ",") + "]",
      ], deadline: Self.changeDeadline)
    guard let version = result.int64(0, 0) else { throw Self.unreadable("price_versions", 0) }
    return version
  }

  /// Versions that were entered by hand.
  package func manualVersions(
    _ connection: inout Connection
  ) throws(PostgresError) -> Set<Int64> {
    let result = try connection.query(
      "SELECT version FROM \(schema).price_versions WHERE format = 'manual'")
    return Set((0..<result.rowCount).compactMap { result.int64($0, 0) })
  }

  /// Imports that were entered, with the time for which their lists hold, in order of their
  /// versions.
  package func imports(
    _ connection: inout Connection
  ) throws(PostgresError) -> [PriceImportRecord] {
    let result = try connection.query(
      """
      SELECT version, detail->>'effective_from', detail->>'effective_to',
        detail->>'replace_later' = 'true', \(Self.names("listed")),
        \(Self.names("not_listed"))
        FROM \(schema).price_versions WHERE format = 'litellm' ORDER BY version
      """)
    return (0..<result.rowCount).compactMap { row in
      guard let version = result.int64(row, 0),
        let from = result.text(row, 1).flatMap(Self.instant)
      else { return nil }
      return PriceImportRecord(
        version: version, from: from, to: result.text(row, 2).flatMap(Self.instant),
        replacesLater: result.bool(row, 3) ?? false,
        models: Self.set(result.text(row, 4)).map { .only($0) }
          ?? Self.set(result.text(row, 5)).map { .allBut($0) } ?? .all)
    }
  }

  /// A member of `detail`, line by line: no name has a line feed. Null without it.
  private static func names(_ member: String) -> String {
    """
    CASE WHEN jsonb_typeof(detail->'\(member)') = 'array'
      THEN array_to_string(ARRAY(SELECT jsonb_array_elements_text(detail->'\(member)')), E'\\n') END
    """
  }

  private static func set(_ lines: String?) -> Set<String>? {
    lines.map { Set($0.split(separator: "\n").map(String.init)) }
  }

  private static func instant(_ text: String) -> Timestamp? {
    var copy = text
    return copy.withUTF8 { unsafe Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }
  }
}
