// SPDX-License-Identifier: Apache-2.0

/// What the process answers: the numbers of `sysexits.h`, and 1 for a check that failed.
package enum ExitCode: Int32, CaseIterable, Sendable {
  case success = 0
  case checkFailed = 1
  case usage = 64
  case data = 65
  case noInput = 66
  case unavailable = 69
  case software = 70
  case cannotCreate = 73
  case inputOutput = 74
  case temporary = 75
  case noPermission = 77
  case configuration = 78

  /// For help and manual.
  package var meaning: String {
    switch self {
    case .success: "done"
    case .checkFailed: "a check failed"
    case .usage: "usage"
    case .data: "refused data"
    case .noInput: "no input"
    case .unavailable: "unavailable"
    case .software: "internal"
    case .cannotCreate: "is there already"
    case .inputOutput: "input/output"
    case .temporary: "try again"
    case .noPermission: "not permitted"
    case .configuration: "configuration"
    }
  }
}
