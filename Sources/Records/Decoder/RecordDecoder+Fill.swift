// SPDX-License-Identifier: Apache-2.0
import CopyFormat

extension RecordDecoder {
  /// Gives every column its value: from the body, else from the envelope, else the default.
  /// `stored` have theirs already.
  func fill(
    _ reader: FieldReader, _ envelope: Envelope, _ stored: ColumnSet
  ) throws(Rejection) {
    var trace = envelope.trace
    for index in row.indices where found[index] != 0 || plan.always.contains(index) {
      do throws(Reason) {
        if found[index] != 0 {
          if stored.contains(index) { try check(index, reader) } else { try read(index, reader) }
        }
        if let source = plan.columns[index].source {
          try merge(source, index, reader, envelope, &trace)
        }
      } catch {
        if !leaveOut(index) { try refuse(Rejection(error, column: index)) }
      }
      if case .set(let given, let value, let otherwise) = plan.columns[index].kind {
        row[index] = found[given] != 0 ? value : otherwise
      } else if row[index].isNull {
        row[index] = plan.columns[index].fallback
      }
    }
  }

  /// Whether the value of a column is left out, because it is a detail of an item of others.
  private func leaveOut(_ column: Int) -> Bool {
    guard translator != nil, plan.details.contains(column) else { return false }
    row[column] = .null
    notes[0].counters.unusableValues &+= 1
    return true
  }

  private func read(_ index: Int, _ reader: FieldReader) throws(Reason) {
    var fill: ColumnPlan.Fill?
    row[index] = try reader.read(
      Int(found[index].magnitude), as: plan.columns[index].kind, fill: &fill)
    if row[index].isNull { notes[0].counters.unusableValues &+= 1 }
    if let fill, found[fill.column] == 0 { row[fill.column] = fill.value }
  }

  /// Holds a value that a profile has stored to the bounds of its column.
  private func check(_ index: Int, _ reader: FieldReader) throws(Reason) {
    do throws(Reason) {
      try reader.check(row[index], as: plan.columns[index].kind)
    } catch {
      row[index] = .null
      throw error
    }
  }

  /// The body wins over the envelope; only the record's key must agree with it, and is the tenant
  /// only where the topic says so.
  private func merge(
    _ source: Column.Source, _ index: Int, _ reader: FieldReader, _ envelope: Envelope,
    _ trace: inout TraceParent?
  ) throws(Reason) {
    let text: UnsafeRawBufferPointer? =
      switch source {
      case .recordKey: envelope.key
      case .eventID: envelope.headers[.id]
      case .eventTime: envelope.headers[.time]
      case .eventSource: envelope.headers[.source]
      case .traceID: trace?.traceID
      case .spanID: trace?.spanID
      }
    guard let text else { return }
    if row[index].isNull {
      if source == .recordKey, !envelope.keyIsTenant { return }
      do throws(Reason) {
        row[index] = try value(of: source, text, plan.columns[index].kind, reader, envelope)
      } catch {
        // Where an event came from is not worth the event.
        guard source == .eventSource, error == .tooLong else { throw error }
        notes[0].counters.unusableValues &+= 1
      }
    } else if !isSame(row[index], text) {
      if source == .recordKey { throw .tenantKeyMismatch }
      // A span of another trace would point nowhere.
      if source == .traceID { trace = nil }
      notes[0].counters.headerMismatches &+= 1
    }
  }

  private func value(
    of source: Column.Source, _ text: UnsafeRawBufferPointer, _ kind: ColumnPlan.Kind,
    _ reader: FieldReader, _ envelope: Envelope
  ) throws(Reason) -> Value {
    if source == .eventID, let eventSource = envelope.headers[.source] {
      return .uuid(eventID.uuid(source: eventSource, id: text))
    }
    // The parser has refused one in the body.
    if containsNUL(text) { throw .nulCharacter }
    return try reader.read(text: text, as: kind)
  }

  private func isSame(_ value: Value, _ text: UnsafeRawBufferPointer) -> Bool {
    switch value {
    case .text(let bytes): equals(bytes, text)
    case .uuid(let uuid): UUIDBytes(text) == uuid
    case .timestamp(let time): Timestamp(rfc3339: text) == time
    default: false
    }
  }

  /// Refuses a record that lacks what it must have; a request of OTLP by what it is.
  func checkPresence(_ body: Unwrapper.Body) throws(Rejection) {
    for index in plan.required where row[index].isNull {
      guard let reason = lack(of: index) else { continue }
      if translator == nil, let format = Format.otlp(body.tape, body.root) {
        throw Rejection(format.reason)
      }
      try refuse(Rejection(reason, column: index))
    }
  }

  private func lack(of index: Int) -> Reason? {
    switch plan.columns[index].requirement {
    case .optional: return nil
    case .always: return .missingField
    case .unless(let other, let texts):
      if let text = row[other].text, contains(texts, text) { return nil }
      // What could not be read may have been one of them.
      return isFaulty(other) ? nil : .missingField
    // The one such pair is an amount and its currency.
    case .with(let other): return row[other].isNull ? nil : .currencyMissing
    }
  }

  /// Refuses a record whose fields contradict each other. What could not be read is 0 or absent
  /// here: a rule can only say of that column that it is at fault.
  func checkRules() throws(Rejection) {
    for rule in plan.rules {
      do throws(Rejection) {
        try rule.check(row)
      } catch {
        if !leaveOut(Int(error.column)) { try refuse(error) }
      }
    }
  }
}
