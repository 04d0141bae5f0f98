// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

extension RecordDecoder {
  /// What those signals say together that may be about something else.
  private struct Heard {
    /// One of them has decided.
    var isFollowed = false
    /// They contradict each other, or what is decided.
    var isContradictory = false
    /// One says what nobody knows.
    var isUnclear = false
    var fill: ColumnPlan.Fill?
  }

  /// Lets what was found beside the columns decide what the columns leave open: the same in
  /// whatever order it stands.
  func applySignals(_ finder: FieldFinder) throws(Rejection) {
    let marks = finder.marks[..<finder.markCount]
    // Whether one has decided that must agree.
    var isDecided = false
    for mark in marks where plan.signals[Int(mark.signal)].mustAgree {
      try agree(mark, finder.tape, &isDecided)
    }
    // A profile has noted what it does not read before.
    let hasNoted = translator != nil && notes[0].unknown.isInRecord
    var heard = Heard()
    for mark in marks where !plan.signals[Int(mark.signal)].mustAgree {
      if follow(mark, finder.tape, isDecided, &heard) { continue }
      heard.isUnclear = true
      tell(mark, finder.tape)
    }
    if heard.isContradictory, !isDecided, plan.watch.doubt == nil {
      // A doubt cannot be stored here, and no failure may be booked as a success.
      if let signal = plan.signals.first, let failure = signal.failure {
        row[signal.column] = failure.stored
        fillEmpty(failure.fill)
      }
      return
    }
    if heard.isContradictory {
      // What is decided says which ones do; else nobody knows which of them to follow.
      for mark in marks where !isDecided && !plan.signals[Int(mark.signal)].mustAgree {
        if (try? said(mark, finder.tape)) != nil { tell(mark, finder.tape) }
      }
      if let doubt = plan.watch.doubt { row[doubt.column] = doubt.value }
      return
    }
    fillEmpty(heard.fill)
    let hasWatched = heard.isFollowed ? finder.mayContradict : finder.hasWatched
    if hasWatched || hasNoted || heard.isUnclear, !isDecided, let doubt = plan.watch.doubt,
      found[doubt.column] == 0, isDefault(doubt.column)
    {
      row[doubt.column] = doubt.value
    }
  }

  /// A signal that decides with others of its kind, or refuses the record.
  private func agree(
    _ mark: FieldFinder.Mark, _ tape: JSONTape, _ isDecided: inout Bool
  ) throws(Rejection) {
    let signal = plan.signals[Int(mark.signal)]
    let isGiven = found[signal.column] != 0
    let choice: ColumnPlan.Choice?
    do throws(Reason) {
      choice = try said(mark, tape)
    } catch {
      // A status of something else says nothing, as long as the outcome is there.
      if isGiven { return }
      found[signal.column] = mark.token
      try refuse(Rejection(error, column: signal.column))
      return
    }
    guard let choice else { return }
    if isGiven || isDecided {
      guard isStored(choice, signal.column) else {
        found[signal.column] = mark.token
        try refuse(Rejection(.ambiguousField, column: signal.column))
        return
      }
    } else {
      row[signal.column] = choice.stored
      isDecided = true
    }
    fillEmpty(choice.fill)
  }

  /// Whether a signal that may be about something else can be followed, or has nothing to say.
  private func follow(
    _ mark: FieldFinder.Mark, _ tape: JSONTape, _ isDecided: Bool, _ heard: inout Heard
  ) -> Bool {
    let signal = plan.signals[Int(mark.signal)]
    let column = signal.column
    // What failed did so, whatever was allowed before.
    guard found[column] == 0, !isDecided || !isStored(signal.failure, column) else { return true }
    do throws(Reason) {
      guard let choice = try said(mark, tape) else { return true }
      if !isDecided, !heard.isFollowed {
        row[column] = choice.stored
        heard.isFollowed = true
      } else if !isStored(choice, column) {
        heard.isContradictory = true
        return !isDecided
      }
      if let fill = choice.fill { heard.fill = fill }
      return true
    } catch {
      return false
    }
  }

  /// What a signal says of its column; nil when it says nothing.
  private func said(
    _ mark: FieldFinder.Mark, _ tape: JSONTape
  ) throws(Reason) -> ColumnPlan.Choice? {
    let signal = plan.signals[Int(mark.signal)]
    guard case .choice(let choices, _) = plan.columns[signal.column].kind else { return nil }
    return try signal.read(tape[Int(mark.token)], choices)
  }

  /// Tells of a signal like of a field that nobody reads.
  private func tell(_ mark: FieldFinder.Mark, _ tape: JSONTape) {
    let scope = Int(mark.scope)
    notes[0].unknown.note(tape[Int(mark.token) - 1], in: scope, path: plan.keys.paths[scope])
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
