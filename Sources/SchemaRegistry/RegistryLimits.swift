// SPDX-License-Identifier: Apache-2.0

/// The bounds of what is asked for and kept. Ids come from producers.
enum RegistryLimits {
  /// Schemas that are kept; the one that came first makes room.
  static let schemasMax = 1024
  /// An id that the registry did not know is asked for again after so long.
  static let unknownSeconds = 60
  /// Unknown ids that are remembered. While so many are, no other id is asked for: a producer that
  /// invents ids costs no more requests than this in that time.
  static let unknownMax = 256
  /// Ids that wait for their answer; others come when these are answered.
  static let awaitedMax = 64
  /// Schemas that one schema refers to, all levels together.
  static let referencesMax = 32
  /// Bytes of one answer.
  static let answerBytesMax = 1 << 20
  static let connectMillisecondsMax = 3_000
  static let answerMillisecondsMax = 10_000
  /// Between attempts while the registry is away.
  static let retryMillisecondsMin = 250
  static let retryMillisecondsMax = 10_000
}
