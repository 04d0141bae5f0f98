// SPDX-License-Identifier: Apache-2.0

/// How much a log line matters; lines below the configured level are not written.
package enum LogLevel: String, CaseIterable, Comparable, Sendable {
  case debug, info, warn, error

  package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .debug: 0
    case .info: 1
    case .warn: 2
    case .error: 3
    }
  }
}
