// SPDX-License-Identifier: Apache-2.0

/// What a decoder writes down beside the row, for each record. It stands in the arena: a property
/// of a class that is passed on `inout` is checked for exclusive access each time.
struct RecordNotes: BitwiseCopyable {
  var counters = DecoderCounters()
  var unknown: UnknownFields
}
