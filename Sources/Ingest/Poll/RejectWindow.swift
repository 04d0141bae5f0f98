// SPDX-License-Identifier: Apache-2.0

/// The share of a partition's recent records that were rejected.
struct RejectWindow {
  private var records = 0
  private var rejections = 0
  /// The same when the batch began.
  private var before = (records: 0, rejections: 0)

  mutating func begin() { before = (records, rejections) }

  /// The records of the batch will come again.
  mutating func rewind() { (records, rejections) = before }

  /// Counts a record; the share when the window is full.
  mutating func count(rejected: Bool) -> Double? {
    records += 1
    if rejected { rejections += 1 }
    guard records == IngestLimits.rejectWindowRecords else { return nil }
    defer { (records, rejections) = (0, 0) }
    return Double(rejections) / Double(records)
  }
}

/// The same of the records that were written, when some of them were refused only then.
struct SettledWindow {
  private var records = 0
  private var rejections = 0
  private var late = 0

  /// Counts what was written; the share when the window is full and was not judged before.
  mutating func count(_ share: RejectShare) -> Double? {
    records += share.records
    rejections += share.rejections
    late += share.late
    guard records >= IngestLimits.rejectWindowRecords else { return nil }
    defer { self = SettledWindow() }
    return late > 0 ? Double(rejections) / Double(records) : nil
  }
}
