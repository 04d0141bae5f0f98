// SPDX-License-Identifier: Apache-2.0

/// Lets the first lines of a kind through and counts the rest, so that an outage cannot fill a disk
/// with one sentence.
///
/// A *kind* is the message with the fields that tell where it happened (topic, partition, …). Time
/// is passed in.
package struct LogLimiter {
  /// Lines of one kind that pass in one window.
  package static let linesPerWindowMax = 5
  package static let windowSeconds: Int64 = 10
  /// Kinds remembered; beyond it, the whole memory is started anew.
  package static let kindCountMax = 512

  package struct Repeated {
    package let message: String
    package let level: LogLevel
    package let count: Int
  }

  private struct Entry {
    var windowStart: Int64
    var lines: Int
    var level: LogLevel
    var message: String
  }

  private static let placeFields: Set<String> = [
    "topic", "partition", "table", "worker", "reason", "sqlstate", "component",
  ]
  private var entries: [String: Entry] = [:]

  package init() {}

  /// Whether this line may be written now.
  package mutating func admits(_ line: LogLine, nowSeconds: Int64) -> Bool {
    var kind = line.message
    for (name, value) in line.fields where Self.placeFields.contains(name) {
      kind += "\u{1F}\(name)=\(value)"
    }
    if entries.count >= Self.kindCountMax && entries[kind] == nil { entries.removeAll() }
    var entry =
      entries[kind]
      ?? Entry(windowStart: nowSeconds, lines: 0, level: line.level, message: line.message)
    entry.lines += 1
    entries[kind] = entry
    return entry.lines <= Self.linesPerWindowMax
  }

  /// Closes the windows that are over (all of them if `nowSeconds` is nil) and returns what they
  /// held back.
  package mutating func closeWindows(nowSeconds: Int64?) -> [Repeated] {
    var repeated: [Repeated] = []
    for (kind, entry) in entries {
      if let nowSeconds, nowSeconds - entry.windowStart < Self.windowSeconds { continue }
      entries[kind] = nil
      let count = entry.lines - Self.linesPerWindowMax
      if count > 0 {
        repeated.append(Repeated(message: entry.message, level: entry.level, count: count))
      }
    }
    return repeated
  }
}
