// SPDX-License-Identifier: Apache-2.0

/// One file to be applied, in one direction.
package struct MigrationStep: Sendable {
  package enum Direction: Sendable { case up, down }

  package let migration: Migration
  package let direction: Direction
  /// Version of the schema before the step.
  package let before: Int64
  /// Version of the schema after the step.
  package let after: Int64

  package var sql: String { direction == .up ? migration.up : migration.down }

  /// Steps from `version` up to and including `target`, or to the last one.
  static func up(
    _ migrations: [Migration], from version: Int64, to target: Int64?
  ) -> [MigrationStep] {
    let last = target ?? .max
    var before = version
    return migrations.filter { $0.version > version && $0.version <= last }.map { migration in
      defer { before = migration.version }
      return MigrationStep(
        migration: migration, direction: .up, before: before, after: migration.version)
    }
  }

  /// Steps from `version` down to, and not including, `target`; without a target one step.
  static func down(
    _ migrations: [Migration], from version: Int64, to target: Int64?
  ) -> [MigrationStep] {
    let applied = migrations.filter { $0.version <= version }
    let steps = applied.indices.reversed().map { index in
      MigrationStep(
        migration: applied[index], direction: .down, before: applied[index].version,
        after: index > 0 ? applied[index - 1].version : 0)
    }
    guard let target else { return Array(steps.prefix(1)) }
    return steps.filter { $0.migration.version > target }
  }
}
