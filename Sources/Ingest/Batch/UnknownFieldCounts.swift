// SPDX-License-Identifier: Apache-2.0
import Records
import Text

/// How many accepted records of a batch have an unknown field of each name, by topic.
///
/// Counted by numbers while the batch is filled, with storage that is kept; given names once, when
/// it is sealed.
struct UnknownFieldCounts {
  private static let namesPerSource = UnknownFields.namesMax + 1

  private struct Count {
    var records = 0
    var partition: Int32 = 0
    var offset: Int64 = 0
  }

  struct Named {
    var topic: String
    var table: String
    var field: String
    var records: Int
    /// The last record that has it.
    var partition: Int32
    var offset: Int64
  }

  private var counts: [Count] = []
  private var isEmpty = true
  private(set) var named: [Named] = []

  /// Counts the unknown fields of the record that was decoded last.
  mutating func count(
    _ fields: UnknownFields, source: Int, sources: Int, partition: Int32, offset: Int64
  ) {
    guard !fields.last.isEmpty else { return }
    if counts.isEmpty {
      counts = Array(repeating: Count(), count: sources * Self.namesPerSource)
    }
    isEmpty = false
    for field in fields.last {
      let index = source * Self.namesPerSource + Int(field)
      counts[index].records += 1
      (counts[index].partition, counts[index].offset) = (partition, offset)
    }
  }

  /// Looks the names up; `name` gives topic, table and field of a number.
  mutating func seal(_ name: (_ source: Int, _ field: Int) -> (String, String, String)) {
    guard !isEmpty else { return }
    for (index, count) in counts.enumerated() where count.records > 0 {
      let (topic, table, field) = name(
        index / Self.namesPerSource, index % Self.namesPerSource)
      named.append(
        Named(
          topic: topic, table: table, field: field, records: count.records,
          partition: count.partition, offset: count.offset))
    }
  }

  mutating func removeAll() {
    guard !isEmpty else { return }
    for index in counts.indices { counts[index] = Count() }
    named.removeAll(keepingCapacity: true)
    isEmpty = true
  }

  /// As `daybook_count_unknown_fields` takes them; nil when there is none.
  var json: String? {
    guard !named.isEmpty else { return nil }
    let fields = named.map {
      """
      {"topic":\(JSONText.string($0.topic)),"table":\(JSONText.string($0.table)),\
      "field":\(JSONText.string($0.field)),"records":\($0.records),"partition":\($0.partition),\
      "offset":\($0.offset)}
      """
    }
    return "[" + fields.joined(separator: ",") + "]"
  }
}
