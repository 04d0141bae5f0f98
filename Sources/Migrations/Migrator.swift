// SPDX-License-Identifier: Apache-2.0
package import Postgres

/// Brings a schema up or down, one file in one transaction, over one connection.
///
/// The lock against other migrators is held by each transaction, not by the session, and the
/// version is read again under it. So nothing leaks through a pooler in transaction mode; a direct
/// connection is still the better choice, as a pooler's query_timeout may end a long step (it rolls
/// back).
package struct Migrator: ~Copyable {
  var connection: Connection
  let schema: String
  let migrations: [Migration]
  let objects: [SchemaObject]
  let daybookVersion: String
  /// Names of the functions and views that the last `up` loaded.
  package internal(set) var loaded: [String] = []

  package static let schemaDefault = "public"

  package init(
    _ connection: consuming Connection, schema: String = Self.schemaDefault,
    migrations: [Migration] = Migration.embedded, objects: [SchemaObject] = SchemaObject.embedded,
    daybookVersion: String
  ) {
    self.connection = connection
    self.schema = schema
    self.migrations = migrations
    self.objects = objects
    self.daybookVersion = daybookVersion
  }

  /// Applies what is pending, up to and including version `target`; returns the steps done.
  ///
  /// With the last step, or without one, it loads the functions and views that differ.
  /// `force` goes on although files that were applied have been changed since.
  @discardableResult
  package mutating func up(
    to target: Int64? = nil, force: Bool = false, _ done: (MigrationStep) -> Void = { _ in }
  ) throws(MigrationError) -> [MigrationStep] {
    loaded = []
    let steps = try planUp(to: target, force: force)
    for step in steps {
      try apply(step, force: force)
      done(step)
    }
    if steps.isEmpty, target == nil || target == migrations.last?.version { try refreshObjects() }
    return steps
  }

  /// Takes back everything above version `target`, or the last step; returns the steps done.
  ///
  /// Without `force` it refuses to drop tables with rows that nothing makes again.
  @discardableResult
  package mutating func down(
    to target: Int64? = nil, force: Bool = false, _ done: (MigrationStep) -> Void = { _ in }
  ) throws(MigrationError) -> [MigrationStep] {
    let steps = try planDown(to: target, force: force)
    for step in steps {
      try apply(step, force: force)
      done(step)
    }
    return steps
  }

  /// What `up` would do; changes nothing.
  package mutating func planUp(
    to target: Int64? = nil, force: Bool = false
  ) throws(MigrationError) -> [MigrationStep] {
    try check(target)
    let version = try checkedVersion(force: force)
    let steps = MigrationStep.up(migrations, from: version, to: target)
    try refuseObstacles(to: steps)
    return steps
  }

  /// What `down` would do; changes nothing.
  package mutating func planDown(
    to target: Int64? = nil, force: Bool = false
  ) throws(MigrationError) -> [MigrationStep] {
    try check(target)
    let version = try checkedVersion(force: force)
    return MigrationStep.down(migrations, from: version, to: target)
  }

  private func check(_ target: Int64?) throws(MigrationError) {
    guard let target, target != 0 else { return }
    guard migrations.contains(where: { $0.version == target }) else {
      throw .noSuchVersion(target)
    }
  }

  private mutating func checkedVersion(force: Bool) throws(MigrationError) -> Int64 {
    let status = try status()
    if status.isDirty { throw .dirty(version: status.version) }
    let latest = migrations.last?.version ?? 0
    guard status.version <= latest else {
      throw .newer(version: status.version, latest: latest)
    }
    guard force || status.changed.isEmpty else { throw .changed(titles: status.changed) }
    return status.version
  }
}
