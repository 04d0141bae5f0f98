// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Glibc
import JSON

/// One column of the record that was decoded last, for those who look at it.
package struct RowField {
  package let column: String
  package let value: Value
  package let origin: Origin

  package enum Value: Equatable {
    case null
    case text(String)
    /// A number as PostgreSQL takes it.
    case number(String)
    case boolean(Bool)
    /// JSON text.
    case json(String)
    case texts([String])
  }

  /// Where the value came from.
  package enum Origin: Equatable {
    /// The names and indexes that lead to it in the item, or in the record itself.
    case path(String)
    /// Made of nothing that the item says: a constant, a default, an id of the envelope.
    case elsewhere
    case nowhere
  }
}

extension RecordDecoder {
  /// The columns of the record, in the order of the table; nothing unless it was accepted.
  package var fields: [RowField] {
    guard let tape, isAccepted else { return [] }
    return stream.columns.indices.map { index in
      RowField(
        column: stream.columns[index].name, value: value(row[index], tape),
        origin: origin(of: index))
    }
  }

  private func origin(of index: Int) -> RowField.Origin {
    if row[index].isNull { return .nowhere }
    let token = Int(found[index].magnitude)
    guard token > 0, let translator else { return .elsewhere }
    return translator.path(of: token).map { .path($0) } ?? .elsewhere
  }

  private func value(_ value: Value, _ tape: JSONTape) -> RowField.Value {
    switch value {
    case .null: .null
    case .text(let bytes): .text(String(decoding: bytes, as: UTF8.self))
    case .smallint(let number): .number("\(number)")
    case .integer(let number): .number("\(number)")
    case .bigint(let number): .number("\(number)")
    case .boolean(let flag): .boolean(flag)
    case .uuid(let uuid): .text(uuid.description)
    case .timestamp(let time): .text(time.description)
    case .amount(let amount): .number(amount.description)
    case .inet(let address): .text(address.description)
    case .json(let bytes): .json(String(decoding: bytes, as: UTF8.self))
    case .textArray(let array):
      .texts(
        (array + 1..<tape[array].next).map { String(decoding: tape[$0].bytes, as: UTF8.self) })
    }
  }
}

extension InetAddress {
  /// As inet_ntop(3) writes it.
  fileprivate var description: String {
    var bytes = (high.bigEndian, low.bigEndian)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 46) { buffer in
      inet_ntop(
        byteCount == 4 ? AF_INET : AF_INET6, &bytes, buffer.baseAddress, socklen_t(buffer.count)
      ).map { String(cString: $0) } ?? ""
    }
  }
}
