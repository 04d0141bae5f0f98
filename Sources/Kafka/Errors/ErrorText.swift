// SPDX-License-Identifier: Apache-2.0

/// Room into which librdkafka writes why it refuses.
struct ErrorText {
  private var bytes = [CChar](repeating: 0, count: Self.bytesMax)

  private static let bytesMax = 512

  /// Lends the room, and how many bytes it has, to one call.
  mutating func filled<Result>(_ call: (UnsafeMutablePointer<CChar>?, Int) -> Result) -> Result {
    unsafe bytes.withUnsafeMutableBufferPointer { unsafe call($0.baseAddress, $0.count) }
  }

  /// As far as the terminating NUL.
  var string: String {
    String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
