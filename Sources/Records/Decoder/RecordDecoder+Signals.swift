// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

extension RecordDecoder {
  /// Lets what was found beside the columns decide what the columns leave open.
  func applySignals(_ finder: FieldFinder) throws(Rejection) {
    var decided = -1
    for mark in finder.marks[..<finder.markCount] {
      let signal = plan.signals[Int(mark.signal)]
      let isGiven = found[signal.column] != 0
      if isGiven && !signal.mustAgree { continue }
      guard case .choice(let choices, _) = plan.columns[signal.column].kind else { continue }
      let choice: ColumnPlan.Choice?
      do throws(Reason) {
        choice = try signal.read(finder.tape[Int(mark.token)], choices)
      } catch {
        // A status of something else says nothing, as long as the outcome is there.
        if isGiven { continue }
        found[signal.column] = mark.token
        try refuse(Rejection(error, column: signal.column))
        continue
      }
      guard let choice else { continue }
      if isGiven || decided == signal.column {
        guard let said = choice.stored.text, let text = row[signal.column].text, equals(said, text)
        else {
          found[signal.column] = mark.token
          try refuse(Rejection(.ambiguousField, column: signal.column))
          continue
        }
      } else {
        row[signal.column] = choice.stored
        decided = signal.column
      }
      if let fill = choice.fill, found[fill.column] == 0, row[fill.column].isNull {
        row[fill.column] = fill.value
      }
    }
    // A profile has noted what it does not read before.
    let isInDoubt = finder.hasWatched || translator != nil && notes[0].unknown.isInRecord
    if isInDoubt, let doubt = plan.watch.doubt, found[doubt.column] == 0,
      decided != doubt.column
    {
      row[doubt.column] = doubt.value
    }
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
