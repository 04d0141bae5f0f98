// SPDX-License-Identifier: Apache-2.0
import Postgres

extension Migrator {
  /// Functions and views that `up` would load or drop once the tables are those of this program.
  package mutating func objectDifferences() throws(MigrationError) -> [ObjectDifference] {
    do {
      try connection.execute(Begin.snapshot)
      let found = try LoadedObjects(in: schema, expected: objects, &connection)
        .differences(from: objects)
      try connection.execute("COMMIT")
      return found
    } catch {
      _ = try? connection.execute("ROLLBACK")
      throw .postgres(error)
    }
  }

  /// What `up` to `target` would load; changes nothing.
  package mutating func planObjects(to target: Int64? = nil) throws(MigrationError)
    -> [SchemaObject]
  {
    guard target == nil || target == migrations.last?.version else { return [] }
    let names = Set(try objectDifferences().map(\.name))
    return objects.filter { names.contains($0.name) }
  }

  /// Loads what differs when there is no step to do it with.
  mutating func refreshObjects() throws(MigrationError) {
    guard !objects.isEmpty, try !objectDifferences().isEmpty else { return }
    do throws(MigrationError) {
      try begin()
      let status = try status()
      guard status.version == migrations.last?.version, !status.isDirty else { throw .busy }
      guard status.intruders.isEmpty else { throw .untrusted(status.intruders) }
      try loadObjects()
      try commit()
    } catch {
      _ = try? connection.execute("ROLLBACK")
      throw error
    }
  }

  /// Inside of the transaction of the last step.
  mutating func loadObjects() throws(MigrationError) {
    var path = "schemas"
    do {
      try connection.execute(SchemaObject.preamble)
      let differences = try LoadedObjects(in: schema, expected: objects, &connection)
        .differences(from: objects)
      let names = Set(differences.map(\.name))
      let changed = objects.filter { names.contains($0.name) }
      for object in changed {
        path = object.path
        try connection.execute(object.sql)
      }
      path = "schemas"
      // The steps have made tables that no file knows.
      if objects.contains(where: { $0.name == "daybook_equip_streams" }) {
        try connection.execute("SELECT daybook_equip_streams()")
      }
      try connection.execute(SchemaObject.dropAllBut(objects))
      try LoadedObjects.note(
        changed, order: objects, in: schema, daybookVersion: daybookVersion, &connection)
      try connection.execute("SET LOCAL ROLE NONE")
      loaded = changed.map(\.name)
    } catch {
      throw .failed(title: path, error)
    }
  }

  /// Inside of the transaction of a step down, before its file.
  mutating func dropObjects() throws(MigrationError) {
    do {
      guard try exists("daybook_objects") else { return }
      try connection.execute("SET LOCAL ROLE app_owner")
      try connection.execute(SchemaObject.drop)
      try connection.execute("SET LOCAL ROLE NONE")
    } catch {
      throw .failed(title: "dropping functions and views", error)
    }
  }
}
