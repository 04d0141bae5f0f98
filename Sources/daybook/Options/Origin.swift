// SPDX-License-Identifier: Apache-2.0

/// Where a value came from.
package enum Origin: Sendable, Equatable, CustomStringConvertible {
  case flag(String)
  case environment(String)
  case file(String, line: Int)
  case `default`

  package var description: String {
    switch self {
    case .flag(let flag): "flag \(flag)"
    case .environment(let name): "environment \(name)"
    case .file(let name, let line): "\(name):\(line)"
    case .default: "default"
    }
  }
}
