// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres

extension LedgerReader {
  private static let recordColumns = """
    \(utc("rejected_at")), cluster_id, topic, partition, "offset", table_name, reason, field,
    message, item
    """

  /// RFC 3339 text of a timestamptz expression, whatever the session's time zone is.
  static func utc(_ expression: String) -> String {
    "to_char(\(expression) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
  }

  /// A date as ISO 8601 writes it, whatever the session's DateStyle.
  static func isoDay(_ expression: String) -> String { "to_char(\(expression), 'YYYY-MM-DD')" }

  /// The newest refused records that match, newest first.
  package mutating func rejects(
    _ filter: RejectFilter
  ) throws(PostgresError) -> [RejectedRecord] {
    let (condition, parameters) = Self.condition(filter)
    let sql = """
      SELECT \(Self.recordColumns), octet_length(\(ofRecord("payload")))
      FROM (SELECT * FROM \(qualified("rejected_records")) WHERE \(condition)
        ORDER BY rejected_at DESC, topic, partition, "offset" DESC, item LIMIT \(filter.limit)) AS r
      ORDER BY rejected_at DESC, topic, partition, "offset" DESC, item
      """
    return try rows(sql, parameters, deadline: scanDeadline).map(Self.record)
  }

  /// Counts by topic, reason and field, most frequent first.
  package mutating func rejectCounts(
    _ filter: RejectFilter
  ) throws(PostgresError) -> [RejectCount] {
    let (condition, parameters) = Self.condition(filter)
    let sql = """
      SELECT topic, reason, field, count(*), \(Self.utc("max(rejected_at)"))
      FROM \(qualified("rejected_records")) WHERE \(condition)
      GROUP BY topic, reason, field ORDER BY count(*) DESC, topic, reason, field
      LIMIT \(filter.limit)
      """
    return try rows(sql, parameters, deadline: scanDeadline).map {
      RejectCount(
        topic: $0.text(0), reason: $0.text(1), field: $0.optional(2), count: $0.integer(3),
        last: $0.text(4))
    }
  }

  /// Fields that are not read, those seen last first.
  package mutating func unknownFields(
    _ filter: RejectFilter
  ) throws(PostgresError) -> [UnknownField] {
    var conditions = ["true"]
    var parameters: [String?] = []
    if let topic = filter.topic {
      parameters.append(topic)
      conditions.append("topic = $\(parameters.count)")
    }
    if let since = filter.since {
      parameters.append(since.description)
      conditions.append("last_seen >= $\(parameters.count)::timestamptz")
    }
    let sql = """
      SELECT topic, table_name, field, records, \(Self.utc("first_seen")), \(Self.utc("last_seen")),
        last_partition, last_offset
      FROM \(qualified("unknown_fields")) WHERE \(conditions.joined(separator: " AND "))
      ORDER BY last_seen DESC, topic, table_name, field LIMIT \(filter.limit)
      """
    return try rows(sql, parameters).map {
      UnknownField(
        topic: $0.text(0), table: $0.text(1), field: $0.text(2), records: $0.integer(3),
        firstSeen: $0.text(4), lastSeen: $0.text(5), partition: Int($0.integer(6)),
        offset: $0.integer(7))
    }
  }

  /// The same by UTC day, the last one first.
  package mutating func unknownFieldDays(
    _ filter: RejectFilter
  ) throws(PostgresError) -> [UnknownFieldDay] {
    var conditions = ["true"]
    var parameters: [String?] = []
    if let topic = filter.topic {
      parameters.append(topic)
      conditions.append("topic = $\(parameters.count)")
    }
    if let since = filter.since {
      parameters.append(since.description)
      conditions.append("day >= ($\(parameters.count)::timestamptz AT TIME ZONE 'UTC')::date")
    }
    let sql = """
      SELECT \(Self.isoDay("day")), topic, table_name, field, records
      FROM \(qualified("unknown_field_days"))
      WHERE \(conditions.joined(separator: " AND "))
      ORDER BY day DESC, topic, table_name, field LIMIT \(filter.limit)
      """
    return try rows(sql, parameters).map {
      UnknownFieldDay(
        day: $0.text(0), topic: $0.text(1), table: $0.text(2), field: $0.text(3),
        records: $0.integer(4))
    }
  }

  /// A refused record, or one of its items, with its content; nil if there is none at this
  /// position. Without `item`, the lowest one that was refused last.
  package mutating func reject(
    topic: String, partition: Int, offset: Int64, item: Int? = nil, cluster: String? = nil
  ) throws(PostgresError) -> (RejectedRecord, RejectedContent)? {
    let sql = """
      SELECT \(Self.recordColumns), octet_length(\(ofRecord("payload"))),
        encode(\(ofRecord("key")), 'hex'), encode(\(ofRecord("payload")), 'hex'), \(ofRecord("headers"))
      FROM (SELECT *, max(rejected_at) OVER (PARTITION BY batch_id) AS batch_at
        FROM \(qualified("rejected_records"))
        WHERE topic = $1 AND partition = $2::integer AND "offset" = $3::bigint
          AND cluster_id = coalesce($5, cluster_id)) AS r
      WHERE $4::integer IS NULL OR item = $4::integer
      ORDER BY batch_at DESC, item LIMIT 1
      """
    let found = try rows(
      sql, [topic, String(partition), String(offset), item.map { String($0) }, cluster])
    guard let row = found.first else { return nil }
    let content = RejectedContent(
      key: row.optional(11).map(Self.bytes), payload: row.optional(12).map(Self.bytes),
      headers: row.optional(13))
    return (Self.record(row), content)
  }

  /// The bytes of the record of a refused item `r`: they are kept once, with one of its items.
  private func ofRecord(_ column: String) -> String {
    """
    CASE WHEN r.item IS NULL THEN r.\(column) ELSE (
      SELECT k.\(column) FROM \(qualified("rejected_records")) k
      WHERE k.cluster_id = r.cluster_id AND k.topic = r.topic AND k.partition = r.partition
        AND k."offset" = r."offset" AND k.batch_id = r.batch_id AND k.payload IS NOT NULL LIMIT 1) END
    """
  }

  private static func condition(_ filter: RejectFilter) -> (String, [String?]) {
    var conditions = ["true"]
    var parameters: [String?] = []
    if let topic = filter.topic {
      parameters.append(topic)
      conditions.append("topic = $\(parameters.count)")
    }
    if let reason = filter.reason {
      parameters.append(reason)
      conditions.append("reason = $\(parameters.count)")
    }
    if let since = filter.since {
      parameters.append(since.description)
      conditions.append("rejected_at >= $\(parameters.count)::timestamptz")
    }
    return (conditions.joined(separator: " AND "), parameters)
  }

  private static func record(_ row: ResultRow) -> RejectedRecord {
    RejectedRecord(
      rejectedAt: row.text(0), clusterID: row.text(1), topic: row.text(2),
      partition: row.integer(3), offset: row.integer(4),
      item: row.optional(9).flatMap { Int64($0) }, table: row.text(5), reason: row.text(6),
      field: row.optional(7), message: row.text(8),
      payloadBytes: row.optional(10).flatMap { Int64($0) })
  }

  private static func bytes(hex: String) -> [UInt8] {
    var result: [UInt8] = []
    var high: UInt8?
    for character in hex.utf8 {
      let digit = character & 0x0f &+ (character > UInt8(ascii: "9") ? 9 : 0)
      if let first = high {
        result.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return result
  }
}
