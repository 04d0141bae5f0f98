// SPDX-License-Identifier: Apache-2.0
import JSON
import Records
import Telemetry

/// Asks a registry of schemas, as Confluent's API has it. One thread.
///
/// https://docs.confluent.io/platform/current/schema-registry/develop/api.html
final class RegistryClient {
  private let settings: RegistrySettings
  private let http: HTTPClient
  /// Which URL answered last.
  private var current = 0

  /// `error_code` of an id that there is not; another 404 comes from something that is no registry.
  private static let schemaNotFound = 40403
  private static let ok = 200
  private static let notFound = 404

  init(_ settings: RegistrySettings) throws(RegistryFault) {
    self.settings = settings
    http = try HTTPClient(settings)
  }

  /// What the registry says of an id.
  func schema(of id: UInt32) throws(RegistryFault) -> SchemaAnswer {
    let answer = try get("/schemas/ids/\(id)")
    if answer.status == Self.notFound { return .unknown }
    let entry = try RegistryEntry(answer.body)
    switch entry.type {
    case .avro: break
    case .json: return .json
    case .protobuf: return .refused(.protobufSchema)
    case .other: return .refused(.unusableSchema)
    }
    var references = References()
    try collect(entry, into: &references)
    do throws(AvroSchemaFault) {
      guard !references.isTooMany else {
        throw AvroSchemaFault("it refers to more than \(RegistryLimits.referencesMax) others")
      }
      return .avro(try Self.compile(entry.schema, references.texts))
    } catch {
      Log.warn(
        "a schema cannot be used",
        ["schema_id": LogValue(String(id)), "error": LogValue(error.description)])
      return .refused(.unusableSchema)
    }
  }

  private static func compile(
    _ schema: [UInt8], _ references: [[UInt8]]
  ) throws(AvroSchemaFault) -> AvroSchema {
    guard !references.isEmpty else { return try AvroSchema(schema) }
    // Each may name what stands before it.
    let all = (references + [schema]).joined(separator: [UInt8(ascii: ",")])
    return try AvroSchema(
      [UInt8(ascii: "[")] + all + [UInt8(ascii: "]")], isLastOfMany: true)
  }

  /// The schemas that a schema refers to, those first that others refer to.
  private struct References {
    var texts: [[UInt8]] = []
    var seen: Set<RegistryEntry.Reference> = []
    var isTooMany = false
  }

  private func collect(
    _ entry: RegistryEntry, into references: inout References
  ) throws(RegistryFault) {
    for reference in entry.references where !references.seen.contains(reference) {
      guard references.seen.count < RegistryLimits.referencesMax else {
        references.isTooMany = true
        return
      }
      references.seen.insert(reference)
      let subject = http.escaped(reference.subject)
      // Also one that was deleted meanwhile: what refers to it still does.
      let path = "/subjects/\(subject)/versions/\(reference.version)?deleted=true"
      let answer = try get(path)
      guard answer.status == Self.ok else {
        throw RegistryFault("a schema that another one refers to is not there: \(path)")
      }
      let below = try RegistryEntry(answer.body)
      try collect(below, into: &references)
      references.texts.append(below.schema)
    }
  }

  /// From the first URL that answers, beginning with the one that did last: 200, or 404 for what
  /// the registry does not have.
  private func get(_ path: String) throws(RegistryFault) -> HTTPClient.Answer {
    var fault = RegistryFault("the schema registry was not asked")
    for step in settings.urls.indices {
      let index = (current + step) % settings.urls.count
      do throws(RegistryFault) {
        let answer = try http.get(settings.urls[index] + path, login: settings.login())
        try Self.check(answer)
        current = index
        return answer
      } catch {
        fault = RegistryFault("\(settings.urls[index]): \(error)")
      }
    }
    throw fault
  }

  private static func check(_ answer: HTTPClient.Answer) throws(RegistryFault) {
    switch answer.status {
    case ok: return
    case notFound where RegistryEntry.errorCode(answer.body) / 100 == notFound: return
    case 401, 403:
      throw RegistryFault(
        "status \(answer.status): the login is refused; check schema_registry_login")
    case notFound:
      throw RegistryFault("status 404 that is no registry's: check the path of the URL")
    default: throw RegistryFault("status \(answer.status)")
    }
  }
}
