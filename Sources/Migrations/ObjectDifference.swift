// SPDX-License-Identifier: Apache-2.0

/// A function or view that is not what this program brings along.
package struct ObjectDifference: Sendable, Equatable, CustomStringConvertible {
  package enum State: Sendable, Equatable {
    case missing
    /// Made by a migration of an older release, or loaded from another file by this release.
    case otherFile(daybookVersion: String?)
    /// What stands in the database is not what was loaded.
    case editedByHand
    /// Another major version of the server spelled what was loaded: nobody can compare.
    case otherServer
    /// Loaded by a release that has more.
    case surplus
  }

  package let name: String
  package let state: State

  package var description: String {
    switch state {
    case .missing: "\(name) is missing; run `daybook migrate up`"
    case .otherFile(nil): "\(name) is that of an older release; run `daybook migrate up`"
    case .otherFile(let version?):
      "\(name) is that of release \(version); run `daybook migrate up` with the newer of both"
    case .editedByHand: "\(name) was changed by hand; `daybook migrate up` puts it back"
    case .otherServer:
      "\(name) was loaded under another major version of PostgreSQL, and cannot be compared; "
        + "`daybook migrate up` loads it again"
    case .surplus: "\(name) is not one of this release; `daybook migrate up` drops it"
    }
  }

  /// False for what a program of release `version` can work with: a newer release migrates before
  /// it is deployed, and whoever repaired something by hand knows why.
  package func hinders(_ version: String) -> Bool {
    switch state {
    case .missing, .otherFile(nil): true
    case .otherFile(let other?): !Self.isNewer(other, than: version)
    case .editedByHand, .otherServer, .surplus: false
    }
  }

  private static func isNewer(_ version: String, than other: String) -> Bool {
    numbers(other).lexicographicallyPrecedes(numbers(version))
  }

  /// 0.10.2 as [0, 10, 2]; what is no number counts as 0.
  private static func numbers(_ version: String) -> [Int] {
    version.split(separator: ".").map { Int($0) ?? 0 }
  }
}
