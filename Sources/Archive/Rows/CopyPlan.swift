// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Files

/// What a walk over COPY BINARY rows looks at, field by field.
struct CopyPlan: Sendable {
  enum Role: UInt8, Sendable {
    /// Only its length is looked at.
    case other
    case key
    case tenant
    case currency
    case money
  }

  struct Field: Sendable {
    let role: Role
    let isNotNull: Bool
    /// Bytes of each value; -1 when they vary.
    let byteCount: Int32
    /// Bytes of the longest value that is looked at.
    let byteCountMax: Int32
  }

  let fields: [Field]
  let lower: Timestamp
  let upper: Timestamp
  let hasTenants: Bool
  let hasMoney: Bool

  static let keyType = "timestamp with time zone"

  /// Throws when the columns cannot be archived in this format.
  init(
    columns: [ArchiveColumn], key: String, lower: Timestamp, upper: Timestamp
  ) throws(FileError) {
    guard !columns.isEmpty, columns.count <= ArchiveLimits.columnsMax else {
      throw FileError(
        .unsupported,
        "a table of \(columns.count) columns cannot be archived: 1 to \(ArchiveLimits.columnsMax)")
    }
    // Bytes: names that Unicode takes for equal are different columns.
    guard Set(columns.map { Array($0.name.utf8) }).count == columns.count else {
      throw FileError(.unsupported, "two columns of the table have one name")
    }
    guard columns.contains(where: { Self.role(of: $0, key: key) == .key }) else {
      throw FileError(
        .unsupported,
        "the partition key \(key) is not one column of type \(Self.keyType): only tables that are"
          + " partitioned by time can be archived")
    }
    fields = columns.map { Field($0, role: Self.role(of: $0, key: key)) }
    hasTenants = fields.contains { $0.role == .tenant }
    hasMoney = fields.contains { $0.role == .money }
    self.lower = lower
    self.upper = upper
  }

  static func role(of column: ArchiveColumn, key: String) -> Role {
    if column.name.utf8.elementsEqual(key.utf8) { return column.type == keyType ? .key : .other }
    switch column.name {
    case ArchiveSums.tenantColumn where column.type == "text" && column.isNotNull: return .tenant
    case ArchiveSums.currencyColumn where column.isText: return .currency
    case ArchiveSums.moneyColumn where column.isNumeric: return .money
    default: return .other
    }
  }
}

extension CopyPlan.Field {
  init(_ column: ArchiveColumn, role: CopyPlan.Role) {
    self.role = role
    // Without a time a row has no place among the partitions.
    isNotNull = column.isNotNull || role == .key
    byteCount = Int32(column.byteCount ?? -1)
    byteCountMax =
      switch role {
      case .other: Int32.max
      case .key: 8
      case .tenant: Int32(ArchiveLimits.tenantBytesMax)
      case .currency: Int32(ArchiveLimits.currencyBytesMax)
      case .money: Int32(ArchiveLimits.amountBytesMax)
      }
  }
}
