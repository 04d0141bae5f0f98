// SPDX-License-Identifier: Apache-2.0
import JSON

/// The bounds of a record that holds many items; a record beyond them is refused as a whole.
package enum ItemLimits {
  /// Items of one record.
  package static let itemsMax = 8192
  /// Bytes of the value of one record.
  package static let recordBytesMax = JSONLimits.payloadBytesMax
  /// Messages inside each other, in Protobuf. A JSON Schema takes four for each of its levels.
  package static let depthMax = 128
}
