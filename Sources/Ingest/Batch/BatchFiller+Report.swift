// SPDX-License-Identifier: Apache-2.0
import Records
import Telemetry

/// What a filler tells of a batch that is complete.
extension BatchFiller {
  /// Reports what the decoders have left out since the last report.
  func reportDropped() {
    for (index, decoder) in decoders.enumerated() {
      let counters = decoder.counters
      let before = reported[index]
      let table = decoder.stream.table
      for (field, now, then) in [
        ("content", counters.droppedContent, before.droppedContent),
        ("unknown", counters.unknownFields, before.unknownFields),
        ("unusable", counters.unusableValues, before.unusableValues),
        ("header_not_utf8", counters.nonUTF8Headers, before.nonUTF8Headers),
      ] {
        Metrics.fieldsDropped.add(now - then, [table, field])
      }
      Metrics.headerMismatches.add(counters.headerMismatches - before.headerMismatches, [table])
      reported[index] = counters
    }
  }

  /// Computes the anchor of every span from its last record, and names what was counted by numbers.
  func seal(_ batch: Batch, _ assignment: inout Assignment) {
    batch.unknownFields.seal { source, field in
      (
        String(decoding: topics[source], as: UTF8.self), streams[streamOfSource[source]].table,
        decoder(of: source).unknown.name(field)
      )
    }
    batch.skips.seal(reasons: skipReasonCount) { source, reason in
      let names = decoder(of: source).skipNames
      return (
        String(decoding: topics[source], as: UTF8.self),
        names.indices.contains(reason) ? names[reason] : ""
      )
    }
    for index in assignment.states.indices where assignment[index].span >= 0 {
      let span = assignment[index].span
      let last = batch.spans[span].lastEntry
      if last >= 0 {
        assignment[index].anchor = batch.anchor(of: last, &hasher)
      }
      batch.spans[span].anchor = assignment[index].anchor
      assignment[index].span = -1
      assignment[index].checkedAt = .now
    }
  }
}
