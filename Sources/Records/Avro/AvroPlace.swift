// SPDX-License-Identifier: Apache-2.0

/// One place of a compiled schema, with all that reading a value there needs.
struct AvroPlace: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable {
    case null, boolean, int, long, float, double, bytes, string, fixed, enumeration
    case record, array, map, union
    /// Logical types that are not read like the type below them.
    case date, decimal, decimalFixed, uuidFixed
  }

  var kind: Kind
  /// Where its fields, branches or symbols begin; the place of elements and of values of a map.
  var first: Int32 = 0
  /// Of fields, branches or symbols; bytes of a fixed value.
  var count: Int32 = 0
  /// Digits behind the point of a decimal.
  var scale: Int32 = 0

  /// A field of a record.
  struct Field: BitwiseCopyable {
    let name: UnsafeRawBufferPointer
    let place: Int32
  }
}
