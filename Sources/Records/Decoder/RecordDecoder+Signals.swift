// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

extension RecordDecoder {
  /// Lets what was found beside the columns decide what the columns leave open.
  func applySignals(_ finder: FieldFinder) throws(Rejection) {
    let marks = finder.marks[..<finder.markCount]
    // The column that those have decided which must agree, and the one that others have.
    var (decided, followed) = (-1, -1)
    for mark in marks where plan.signals[Int(mark.signal)].mustAgree {
      try agree(mark, finder.tape, &decided)
    }
    // A profile has noted what it does not read before.
    var isInDoubt = finder.hasWatched || translator != nil && notes[0].unknown.isInRecord
    for mark in marks where !plan.signals[Int(mark.signal)].mustAgree {
      if follow(mark, finder.tape, decided: decided, &followed) { continue }
      isInDoubt = true
      let scope = Int(mark.scope)
      notes[0].unknown.note(
        finder.tape[Int(mark.token) - 1], in: scope, path: plan.keys.paths[scope])
    }
    if isInDoubt, let doubt = plan.watch.doubt, found[doubt.column] == 0,
      decided != doubt.column, isDefault(doubt.column)
    {
      row[doubt.column] = doubt.value
    }
  }

  /// A signal that decides with others of its kind, or refuses the record.
  private func agree(
    _ mark: FieldFinder.Mark, _ tape: JSONTape, _ decided: inout Int
  ) throws(Rejection) {
    let signal = plan.signals[Int(mark.signal)]
    let isGiven = found[signal.column] != 0
    guard case .choice(let choices, _) = plan.columns[signal.column].kind else { return }
    let choice: ColumnPlan.Choice?
    do throws(Reason) {
      choice = try signal.read(tape[Int(mark.token)], choices)
    } catch {
      // A status of something else says nothing, as long as the outcome is there.
      if isGiven { return }
      found[signal.column] = mark.token
      try refuse(Rejection(error, column: signal.column))
      return
    }
    guard let choice else { return }
    if isGiven || decided == signal.column {
      guard isStored(choice, signal.column) else {
        found[signal.column] = mark.token
        try refuse(Rejection(.ambiguousField, column: signal.column))
        return
      }
    } else {
      row[signal.column] = choice.stored
      decided = signal.column
    }
    fillEmpty(choice.fill)
  }

  /// Whether a signal that may be about something else can be followed, or has nothing to say.
  private func follow(
    _ mark: FieldFinder.Mark, _ tape: JSONTape, decided: Int, _ followed: inout Int
  ) -> Bool {
    let signal = plan.signals[Int(mark.signal)]
    let column = signal.column
    guard found[column] == 0, case .choice(let choices, _) = plan.columns[column].kind else {
      return true
    }
    // What failed did so, whatever was allowed before.
    if decided == column, isStored(signal.failure, column) { return true }
    do throws(Reason) {
      guard let choice = try signal.read(tape[Int(mark.token)], choices) else { return true }
      if decided != column, followed != column {
        row[column] = choice.stored
        followed = column
      } else if !isStored(choice, column) {
        if let doubt = plan.watch.doubt, doubt.column == column { row[column] = doubt.value }
        return false
      }
      fillEmpty(choice.fill)
      return true
    } catch {
      return false
    }
  }

  private func isStored(_ choice: ColumnPlan.Choice?, _ column: Int) -> Bool {
    isText(row[column], choice?.stored)
  }

  private func isDefault(_ column: Int) -> Bool {
    isText(row[column], plan.columns[column].fallback)
  }

  private func isText(_ value: Value, _ other: Value?) -> Bool {
    guard let text = value.text, let other = other?.text else { return false }
    return equals(text, other)
  }

  private func fillEmpty(_ fill: ColumnPlan.Fill?) {
    guard let fill, found[fill.column] == 0, row[fill.column].isNull else { return }
    row[fill.column] = fill.value
  }

  /// A total that is not the sum of its parts says that the parts are not what they should be.
  func checkTotal(_ finder: FieldFinder) {
    guard finder.total > 0, let total = FieldReader.decimal(finder.tape[finder.total]) else {
      return
    }
    var sum: Int64 = 0
    for column in plan.watch.total {
      if row[column].isNull { return }
      sum = sum &+ row[column].number
    }
    if total.units == Int128(sum) * Amount.unitsPerOne { return }
    notes[0].unknown.note(
      finder.tape[finder.total - 1], in: KeyTable.recordScope, path: plan.keys.paths[0])
  }
}
