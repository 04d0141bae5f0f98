// SPDX-License-Identifier: Apache-2.0

/// What a decoder has left aside since it was made; refused records count, too.
package struct DecoderCounters: BitwiseCopyable, Hashable, Sendable {
  /// Keys that mean nothing to the stream.
  package var unknownFields = 0
  /// Prompts and completions.
  package var droppedContent = 0
  /// Values that say nothing of who, what or how much, and cannot be stored: they are left out.
  package var unusableValues = 0
  /// Values of the envelope that differ from those of the body, which win.
  package var headerMismatches = 0
  package var nonUTF8Headers = 0

  package init() {}
}
