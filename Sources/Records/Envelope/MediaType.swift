// SPDX-License-Identifier: Apache-2.0

/// What a content type says about the payload.
enum MediaType {
  /// JSON, or nothing that speaks against it.
  case json
  /// `application/cloudevents+json`: the whole event is the payload.
  case structuredEvent
  /// `application/cloudevents-batch+json`: an array of such events.
  case eventBatch
  case unsupported

  /// Parameters such as a charset are ignored: the payload must be UTF-8 anyway.
  init(_ contentType: UnsafeRawBufferPointer?) {
    guard let contentType else {
      self = .json
      return
    }
    var essence = contentType
    if let semicolon = essence.firstIndex(of: UInt8(ascii: ";")) {
      essence = UnsafeRawBufferPointer(rebasing: essence[..<semicolon])
    }
    essence = trimmed(essence)
    if equals(essence, "application/cloudevents+json") {
      self = .structuredEvent
    } else if equals(essence, "application/cloudevents-batch+json") {
      self = .eventBatch
    } else if hasPrefix(essence, "application/cloudevents") {
      // Other formats need other readers.
      self = .unsupported
    } else {
      self = Self.isJSON(essence) ? .json : .unsupported
    }
  }

  /// JSON by name, or one of the types that producers set without thinking.
  private static func isJSON(_ essence: UnsafeRawBufferPointer) -> Bool {
    essence.isEmpty || equals(essence, "application/json") || equals(essence, "text/json")
      || hasSuffix(essence, "+json") || equals(essence, "text/plain")
      || equals(essence, "application/octet-stream")
  }
}

func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
  func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
  var range = bytes.indices
  while let first = range.first, isSpace(bytes[first]) { range.removeFirst() }
  while let last = range.last, isSpace(bytes[last]) { range.removeLast() }
  return UnsafeRawBufferPointer(rebasing: bytes[range])
}
