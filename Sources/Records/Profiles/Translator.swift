// SPDX-License-Identifier: Apache-2.0
import JSON

/// Turns the items of a record into records of the stream, by a profile. One thread; nothing is
/// allocated for an item once its buffers have grown.
final class Translator {
  let skipNames: [String]
  let mapping: MappingPlan
  private let source: RecordSource
  private let schemas: SchemaView?
  private let plan: DecodePlan
  private var skipMemory: SkipMemory
  private let record: CanonicalRecord
  private let walk: ItemWalk
  private let extras: UnsafeMutableBufferPointer<EnvelopeHeaders.Extra>
  private var item: RecordSource.Item?
  /// What stands in front of the content in the value of the record.
  private var frameBytes = 0

  /// What became of an item.
  enum Outcome {
    /// The record, as the decoder of the stream reads it.
    case record(JSONTape)
    /// The index of the rule.
    case skipped(Int)
  }

  /// `row` and `found` are those of the decoder that reads the records.
  init(
    _ profile: Profile, plan: DecodePlan, arena: Arena, seed: UInt64, schemas: SchemaView?,
    row: UnsafeMutableBufferPointer<Value>, found: UnsafeMutableBufferPointer<Int32>
  ) {
    let parser = JSONParser(seed: seed, isLenient: true, isOTLP: profile.format == .otlp)
    self.plan = plan
    // OpenTelemetry has no form in Avro.
    self.schemas = profile.format == .otlp ? nil : schemas
    skipNames = profile.skips.map(\.name)
    mapping = MappingCompiler.plan(profile, for: plan, arena: arena, parser: parser)
    walk = ItemWalk(mapping, plan: plan, arena: arena)
    source = RecordSource(profile, parser: parser, walk: walk)
    skipMemory = mapping.skipMemory
    extras = UnsafeMutableBufferPointer(
      mutating: arena.copy(
        mapping.headerNames.map { EnvelopeHeaders.Extra(name: $0, value: nil) }))
    record = CanonicalRecord(
      mapping, slots: walk.slots, row: row, found: found)
  }

  private var evaluator: Evaluator { record.evaluator }

  /// Columns of the record that was made last that have what they store.
  var stored: ColumnSet { record.stored }

  /// Headers that are read, none of them there yet.
  var emptyHeaders: EnvelopeHeaders { EnvelopeHeaders(reading: extras) }

  /// The number of the item that was asked for last; -1 where the record itself is the item.
  var last: Int32 { source.last }

  /// The schema that a record has to wait for; nil when it can be opened.
  func awaitedSchema(of payload: UnsafeRawBufferPointer?) -> UInt32? {
    schemas?.awaitedID(of: payload)
  }

  func open(_ record: RawRecord, _ counters: inout DecoderCounters) throws(Rejection) {
    guard let value = record.payload else { throw Rejection(.nullValue) }
    evaluator.headers = record.headers
    counters.nonUTF8Headers &+= evaluator.headers.dropNonUTF8()
    evaluator.recordKey = record.key
    let content = try SchemaFrame.content(value, schemas)
    frameBytes = value.count - content.bytes.count
    do throws(Rejection) {
      try source.open(content)
    } catch {
      // Without schemas, Avro and Protobuf of a registry have the same frame as JSON.
      if frameBytes > 0, schemas == nil, Self.isOfAnotherFormat(error.reason) {
        throw Rejection(.schemaRegistryFormat)
      }
      throw error.moved(by: frameBytes)
    }
  }

  private static func isOfAnotherFormat(_ reason: Reason) -> Bool {
    switch reason {
    case .notJSON, .invalidUTF8, .nulCharacter, .trailingContent, .protobufPayload,
      .malformedProtobuf:
      true
    default: false
    }
  }

  /// The next item; nil at the end. `refuse` is told of columns that cannot be computed.
  func next(
    _ notes: inout RecordNotes, _ refuse: (Rejection) throws(Rejection) -> Void
  ) throws(Rejection) -> Outcome? {
    evaluator.scratch.removeAll()
    item = nil
    do throws(Rejection) {
      item = try source.next()
    } catch {
      throw error.moved(by: frameBytes)
    }
    guard let item else { return nil }
    walk.tellUnknown(item.tape, &notes)
    if walk.hasDuplicate { throw Rejection(.duplicateKey) }
    evaluator.tape = item.tape
    evaluator.present = walk.present
    if let rule = try skippingRule() { return .skipped(rule) }
    try record.write { fault, target throws(Rejection) in
      // Without a column it is a total, which says nothing that the counts do not.
      guard let column = plan.keys.column(ofName: mapping.targets[target].key.name),
        !plan.details.contains(column)
      else {
        notes.counters.unusableValues &+= 1
        return
      }
      try refuse(Rejection(fault.reason, column: column, offset: offset(ofSource: fault.origin)))
    }
    notes.counters.droppedContent &+= record.omittedCount
    return .record(record.output.tape)
  }

  /// The first rule that the item is skipped by.
  private func skippingRule() throws(Rejection) -> Int? {
    if !walk.hasFault, skipMemory.knows(evaluator) { return nil }
    do throws(SourceFault) {
      for (rule, test) in mapping.skips.enumerated() where try evaluator.holds(test) {
        return rule
      }
    } catch {
      throw Rejection(error.reason, offset: offset(ofSource: error.origin))
    }
    if !walk.hasFault { skipMemory.remember(evaluator) }
    return nil
  }

  /// Where a token of the record that was made last stands in the value, in bytes; -1 when nobody
  /// knows.
  func offset(of token: Int) -> Int {
    offset(ofSource: Int32(truncatingIfNeeded: record.output.origin(of: token)))
  }

  /// What leads to the value that a token of the record was made of, in its item; nil for none.
  func path(of token: Int) -> String? {
    let output = record.output
    var origin = output.origin(of: token)
    if origin < 0, token + 1 < output.count {
      // A list that was put together: where its first member came from.
      origin = (token..<output[token].next).lazy.map(output.origin).first { $0 >= 0 } ?? -1
    }
    guard let item, origin >= 0 else { return nil }
    return ItemPath.text(to: origin, from: item.root, in: item.tape)
  }

  private func offset(ofSource token: Int32) -> Int {
    let offset = token < 0 ? -1 : source.offset(of: Int(token))
    return offset < 0 ? -1 : offset + frameBytes
  }
}
