// SPDX-License-Identifier: Apache-2.0

extension Batch {
  /// What the record of an entry is as an anchor, also when not all of it was kept.
  func anchor(of index: Int, _ hasher: inout AnchorHasher) -> Anchor {
    if let cut = cutPayloads[index] { return cut.anchor }
    let entry = entries[index]
    return withRaw { raw in
      hasher.anchor(
        offset: entry.offset, timestampMilliseconds: entry.timestampMilliseconds,
        key: raw.key(entry.raw), payload: raw.payload(entry.raw))
    }
  }
}
