// SPDX-License-Identifier: Apache-2.0
import CSimdJSON

/// The limits of one document; beyond them it is refused.
package enum JSONLimits {
  package static let payloadBytesMax = Int(daybook_json_payload_bytes_max)
  /// Containers inside each other, the outermost counted.
  package static let depthMax = Int(daybook_json_depth_max)
  /// The same in documents of others, which profiles read.
  package static let lenientDepthMax = Int(daybook_json_lenient_depth_max)
  /// Keys of all objects of the document together.
  package static let keysMax = Int(daybook_json_keys_max)
  /// Of one string or key, decoded.
  package static let stringBytesMax = Int(daybook_json_string_bytes_max)
  package static let numberCharactersMax = Int(daybook_json_number_characters_max)
  /// Of the absolute value of an exponent; `jsonb` would write 1e130000 out in full.
  package static let exponentMax = Int(daybook_json_exponent_max)
}
