// SPDX-License-Identifier: Apache-2.0
import CSimdJSON

/// Why a document was refused, and where, in bytes from its beginning.
package struct JSONFault: Sendable {
  package let error: JSONError
  /// Of the fault, or of the token that has it; -1 when nobody knows.
  package let offset: Int
  /// The member in whose value the fault is, if its end can be found: the innermost that is read or
  /// skipped as one.
  package let member: Range<Int>?
  /// Of that member: its index in the names that are read.
  package let name: Int?

  private init(error: JSONError, offset: Int, member: Range<Int>?, name: Int?) {
    self.error = error
    self.offset = offset
    self.member = member
    self.name = name
  }

  init?(_ fault: daybook_json_fault) {
    guard let error = JSONError(rawValue: fault.error.rawValue) else { return nil }
    self.error = error
    offset = Int(fault.offset)
    let (begin, end) = (Int(fault.member_begin), Int(fault.member_end))
    member = begin >= 0 && begin < end ? begin..<end : nil
    name = fault.name > 0 ? Int(fault.name) - 1 : nil
  }

  /// The same in a value in which so many bytes stand in front of the document.
  package func moved(by bytes: Int) -> JSONFault {
    JSONFault(
      error: error, offset: offset < 0 ? offset : offset + bytes,
      member: member.map { $0.lowerBound + bytes..<$0.upperBound + bytes }, name: name)
  }

  /// The same of a document that is encoded in a text: only where that begins can be told.
  package func inside(textAt offset: Int) -> JSONFault {
    JSONFault(error: error, offset: offset, member: nil, name: name)
  }
}
