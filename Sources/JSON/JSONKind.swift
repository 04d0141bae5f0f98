// SPDX-License-Identifier: Apache-2.0

/// What a token is; the raw values are those of the C reader.
@frozen public enum JSONKind: UInt8, Sendable {
  case object, array, key, string, number, `true`, `false`, null

  /// The derived ones below are no more than these, but are called across the module border.
  @inlinable @inline(__always) internal init(code: UInt8) {
    switch code {
    case 0: self = .object
    case 1: self = .array
    case 2: self = .key
    case 3: self = .string
    case 4: self = .number
    case 5: self = .true
    case 6: self = .false
    default: self = .null
    }
  }

  @inlinable @inline(__always) public static func == (left: JSONKind, right: JSONKind) -> Bool {
    left.code == right.code
  }

  @inlinable @inline(__always) var code: UInt8 {
    switch self {
    case .object: 0
    case .array: 1
    case .key: 2
    case .string: 3
    case .number: 4
    case .true: 5
    case .false: 6
    case .null: 7
    }
  }
}
