// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import JSON

/// One value of a manifest, with the name to complain about it; valid while its parser is.
package struct ManifestNode {
  package let tape: JSONTape
  package let index: Int
  package let name: String

  package init(tape: JSONTape, index: Int, name: String) {
    self.tape = tape
    self.index = index
    self.name = name
  }

  /// A member of an object; one that is missing throws.
  package subscript(key: String) -> ManifestNode {
    get throws(ManifestError) {
      guard tape[index].kind == .object else { throw fault("is no object") }
      var child = index + 1
      while child < tape[index].next {
        if unsafe tape[child].bytes.elementsEqual(key.utf8) {
          return ManifestNode(tape: tape, index: child + 1, name: key)
        }
        child = tape[child].next
      }
      throw ManifestError(reason: "it has no \(key)")
    }
  }

  /// The items of an array.
  package var items: [ManifestNode] {
    get throws(ManifestError) {
      guard tape[index].kind == .array else { throw fault("is no array") }
      var result: [ManifestNode] = []
      var child = index + 1
      while child < tape[index].next {
        result.append(ManifestNode(tape: tape, index: child, name: name))
        child = tape[child].next
      }
      return result
    }
  }

  package var isNull: Bool { tape[index].kind == .null }

  package var string: String {
    get throws(ManifestError) {
      guard tape[index].kind == .string else { throw fault("is no string") }
      return unsafe String(decoding: tape[index].bytes, as: UTF8.self)
    }
  }

  package var boolean: Bool {
    get throws(ManifestError) {
      switch tape[index].kind {
      case .true: return true
      case .false: return false
      default: throw fault("is not true or false")
      }
    }
  }

  package var integer: Int64 {
    get throws(ManifestError) {
      guard tape[index].kind == .number,
        let value = unsafe Int64(String(decoding: tape[index].bytes, as: UTF8.self))
      else { throw fault("is no integer") }
      return value
    }
  }

  /// An integer that is not negative.
  package var count: Int64 {
    get throws(ManifestError) {
      let value = try integer
      guard value >= 0 else { throw fault("is negative") }
      return value
    }
  }

  package var timestamp: Timestamp {
    get throws(ManifestError) {
      guard tape[index].kind == .string, let value = unsafe Timestamp(rfc3339: tape[index].bytes)
      else {
        throw fault("is no time")
      }
      return value
    }
  }

  package var sha256: String {
    get throws(ManifestError) {
      let text = try string
      guard text.utf8.count == 64, text.utf8.allSatisfy({ Self.hexDigits.contains($0) }) else {
        throw fault("is no SHA-256")
      }
      return text
    }
  }

  /// A sum: more digits before the point than one amount has.
  package var amount: Amount {
    get throws(ManifestError) {
      let text = try string
      let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      let fraction = parts.count == 2 ? parts[1] : ""
      let digits =
        String(parts[0]) + fraction
        + String(
          repeating: "0", count: max(0, Amount.scale - fraction.count))
      guard fraction.count <= Amount.scale, let units = Int128(digits),
        case let sum = Amount(units: units), sum.description == text
      else { throw fault("is no amount") }
      return sum
    }
  }

  private func fault(_ reason: String) -> ManifestError {
    ManifestError(reason: "\(name) \(reason)")
  }

  private static let hexDigits = Array("0123456789abcdef".utf8)
}
