// SPDX-License-Identifier: Apache-2.0

/// How long the statements of an export or a restore may take. They end a server that has gone mad,
/// not one that is slow: a dead network is noticed by TCP long before.
enum ArchiveDeadlines {
  static let copyHours = 24
  static let copy: Duration = .seconds(copyHours * 3600)
}
