// SPDX-License-Identifier: Apache-2.0
import JSON

/// What a `jsonb` column may hold.
///
/// Bytes are those of the source text.
package struct JSONRule: BitwiseCopyable, Sendable {
  package let shape: Shape
  package let bytesMax: Int
  /// Containers inside each other, the outermost counted.
  package let depthMax: Int

  package init(_ shape: Shape, bytesMax: Int = JSONLimits.payloadBytesMax, depthMax: Int = 8) {
    self.shape = shape
    self.bytesMax = bytesMax
    self.depthMax = depthMax
  }

  package enum Shape: BitwiseCopyable, Sendable {
    case object
    /// Each value is an object, too.
    case objectOfObjects
    case objectOfTexts(countMax: Int, keyCharactersMax: Int, charactersMax: Int)
    case arrayOfObjects(countMax: Int)
  }
}
