// SPDX-License-Identifier: Apache-2.0
import JSON

/// The bounds of schemas and records of Avro: both come from outside.
package enum AvroLimits {
  /// Bytes of the text of a schema, with those that it refers to.
  package static let schemaBytesMax = JSONLimits.stringBytesMax
  /// Places of a schema that hold a value: a record with its fields, a union with its branches.
  static let placesMax = 16_384
  /// Containers inside each other, of a record as of a JSON document.
  static let depthMax = JSONLimits.depthMax
  /// Tokens that a record becomes: no JSON document of the largest size has more. Values without
  /// bytes would let a few bytes stand for any number of them.
  static let tokensMax = JSONLimits.payloadBytesMax / 2
  /// Bytes of a decimal: 38 digits, more than any column holds.
  static let decimalBytesMax = 16
  /// Digits behind the point of a decimal.
  static let decimalScaleMax = 38
  /// Schemas whose keys a decoder keeps prepared; beyond them all are prepared anew.
  static let preparedSchemasMax = 256
}
