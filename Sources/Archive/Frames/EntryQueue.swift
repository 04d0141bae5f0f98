// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The frames that are in the file and wait to be read back: their sizes, in order.
///
/// Needs no bound: an entry has 8 bytes, and whoever writes cannot be ahead by more than the file.
final class EntryQueue: @unchecked Sendable {
  // Sendable: every stored property is read and written under `condition`.
  private let condition = NSCondition()
  private var entries: [SeekTable.Entry] = []
  private var isClosed = false

  func submit(_ entry: SeekTable.Entry) {
    condition.withLock {
      entries.append(entry)
      condition.signal()
    }
  }

  /// Everything that waits; empty after `close`.
  func take() -> [SeekTable.Entry] {
    condition.withLock {
      while entries.isEmpty, !isClosed { condition.wait() }
      defer { entries.removeAll(keepingCapacity: true) }
      return entries
    }
  }

  /// Nothing more will be submitted.
  func close() {
    condition.withLock {
      isClosed = true
      condition.signal()
    }
  }
}
