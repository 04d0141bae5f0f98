// SPDX-License-Identifier: Apache-2.0
import Foundation
package import Records
import Synchronization
import Telemetry

/// Schemas in files, `ID.avsc`, for sites without a registry. A file that comes later is found
/// after a while; one that changes is not, because what an id stands for never changes.
package final class SchemaDirectory: SchemaSource {
  private let path: String
  private let cache = Mutex(SchemaCache())

  package init(_ path: String) {
    self.path = path
  }

  package func schema(of id: UInt32) -> SchemaAnswer {
    cache.withLock { cache in
      let now = ContinuousClock.now
      if let known = cache.answer(to: id, at: now) { return known }
      let answer = read(id)
      cache.keep(answer, for: id, at: now)
      return answer
    }
  }

  private func read(_ id: UInt32) -> SchemaAnswer {
    let file = "\(path)/\(id).avsc"
    let manager = FileManager.default
    if manager.isReadableFile(atPath: path), !manager.fileExists(atPath: file) { return .unknown }
    // One byte more shows that there are more.
    guard let handle = FileHandle(forReadingAtPath: file),
      let bytes = try? handle.read(upToCount: AvroLimits.schemaBytesMax + 1)
    else {
      Log.error(
        "a schema cannot be read, its records wait: check the permissions", ["file": LogValue(file)]
      )
      return .awaited
    }
    do throws(AvroSchemaFault) {
      return .avro(try AvroSchema(Array(bytes)))
    } catch {
      Log.warn(
        "a schema cannot be used",
        ["file": LogValue(file), "error": LogValue(error.description)])
      return .refused(.unusableSchema)
    }
  }
}
