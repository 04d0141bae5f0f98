// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Records
import Telemetry
import Testing

@testable import SchemaRegistry

/// What is kept of answers: ids come from producers.
@Suite struct SchemaCacheTests {
  private let now = ContinuousClock.now

  private func isUnknown(_ answer: SchemaAnswer?) -> Bool {
    if case .unknown = answer { true } else { false }
  }

  @Test func anUnknownIDIsAskedForAgainAfterAWhile() {
    var cache = SchemaCache()
    #expect(cache.answer(to: 7, at: now) == nil)
    cache.keep(.unknown, for: 7, at: now)
    #expect(isUnknown(cache.answer(to: 7, at: now)))
    let later = now + .seconds(RegistryLimits.unknownSeconds)
    #expect(cache.answer(to: 7, at: later) == nil)
  }

  @Test func inventedIDsAreNotAskedForWithoutEnd() {
    var cache = SchemaCache()
    var asked = 0
    for id in 0..<100_000 as Range<UInt32> where cache.answer(to: id, at: now) == nil {
      asked += 1
      cache.keep(.unknown, for: id, at: now)
    }
    #expect(asked == RegistryLimits.unknownMax)
    let later = now + .seconds(RegistryLimits.unknownSeconds)
    #expect(cache.answer(to: 100_000, at: later) == nil)
  }

  @Test func aSchemaIsKeptUntilItsRoomIsNeeded() {
    var cache = SchemaCache()
    for id in 0...UInt32(RegistryLimits.schemasMax) { cache.keep(.json, for: id, at: now) }
    #expect(cache.answer(to: 0, at: now) == nil)
    #expect(cache.answer(to: 1, at: now) != nil)
  }

  @Test func aDirectoryHasTheSchemasOfItsFiles() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try Data("\"int\"".utf8).write(to: directory.appendingPathComponent("7.avsc"))
    try Data("int".utf8).write(to: directory.appendingPathComponent("8.avsc"))
    let schemas = SchemaDirectory(directory.path)
    guard case .avro = schemas.schema(of: 7), case .refused(.unusableSchema) = schemas.schema(of: 8)
    else {
      Issue.record("\(schemas.schema(of: 7)) \(schemas.schema(of: 8))")
      return
    }
    #expect(isUnknown(schemas.schema(of: 9)))
  }
}

/// A registry that is away is asked until it answers.
@Suite struct RegistrySchemasTests {
  @Test func whoAsksNeverWaits() throws {
    let registry = TestRegistry()
    registry.answer("/schemas/ids/7", .schema("\"int\""))
    registry.answerNext([.init(500, ""), .init(500, "")])
    let health = Health()
    let schemas = RegistrySchemas(try RegistrySettings(urls: registry.url), health: health)
    func isAwaited(_ id: UInt32) -> Bool {
      if case .awaited = schemas.schema(of: id) { true } else { false }
    }
    #expect(isAwaited(7) && isAwaited(7) && isAwaited(8))
    schemas.start()
    defer { schemas.stop() }
    #expect(eventually { !isAwaited(7) && !isAwaited(8) })
    guard case .avro = schemas.schema(of: 7), case .unknown = schemas.schema(of: 8) else {
      Issue.record("\(schemas.schema(of: 7)) \(schemas.schema(of: 8))")
      return
    }
    #expect(registry.requests.count == 4)
    #expect(health.isReady)
    // What is known is not asked for again.
    #expect(!isAwaited(7) && !isAwaited(8))
    #expect(registry.requests.count == 4)
  }
}
