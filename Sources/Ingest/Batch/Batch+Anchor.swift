// SPDX-License-Identifier: Apache-2.0

/// The record of an entry.
extension Batch {
  /// The entry that begins the record of an entry, or the end of the batch.
  func recordStart(_ index: Int) -> Int {
    var start = index
    while start > 0, start < entries.count, !entries[start].isFirst { start -= 1 }
    return start
  }

  /// The entries of its record.
  func record(of index: Int) -> Range<Int> {
    var end = index + 1
    while end < entries.count, !entries[end].isFirst { end += 1 }
    return recordStart(index)..<end
  }

  /// Set where its value was too large to be kept.
  func cutPayload(of index: Int) -> CutPayload? {
    cutPayloads.isEmpty ? nil : cutPayloads[recordStart(index)]
  }

  /// What the record of an entry is as an anchor, also when not all of it was kept.
  func anchor(of index: Int, _ hasher: inout AnchorHasher) -> Anchor {
    if let cut = cutPayload(of: index) { return cut.anchor }
    let entry = entries[index]
    return withRaw { raw in
      hasher.anchor(
        offset: entry.offset, timestampMilliseconds: entry.timestampMilliseconds,
        key: raw.key(entry.raw), payload: raw.payload(entry.raw))
    }
  }
}
