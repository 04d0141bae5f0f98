// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import JSON
import Records
import Testing

@testable import SchemaRegistry

/// What a registry says, and what it does not.
@Suite struct RegistryClientTests {
  private static let record = #"{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}"#

  private func client(
    _ urls: String..., login: String? = nil
  ) throws -> RegistryClient {
    var settings = try RegistrySettings(urls: urls.joined(separator: ","))
    settings.login = { login }
    return try RegistryClient(settings)
  }

  private func word(_ answer: SchemaAnswer) -> String {
    switch answer {
    case .avro: "avro"
    case .json: "json"
    case .refused(let reason): reason.code
    case .unknown: "unknown"
    case .awaited: "awaited"
    }
  }

  @Test func eachKindOfSchemaIsToldApart() throws {
    let registry = TestRegistry()
    let cases: [(TestRegistry.Answer, String)] = [
      (.schema(Self.record), "avro"), (.schema(Self.record, #","schemaType":"AVRO""#), "avro"),
      (.schema("{}", #","schemaType":"JSON""#), "json"),
      (.schema("message M {}", #","schemaType":"PROTOBUF""#), "protobuf_schema"),
      (.schema("?", #","schemaType":"THRIFT""#), "unusable_schema"),
      (.schema("int"), "unusable_schema"), (.schema("\"int\""), "avro"),
      (.unknown, "unknown"),
    ]
    let client = try client(registry.url + "/")
    for (id, (answer, outcome)) in cases.enumerated() {
      registry.answer("/schemas/ids/\(id)", answer)
      #expect(word(try client.schema(of: UInt32(id))) == outcome)
    }
    #expect(registry.requests.count == cases.count)
  }

  /// None of these decides about a record.
  @Test func whatIsNoAnswerIsAFault() throws {
    let registry = TestRegistry()
    registry.answer("/schemas/ids/7", .schema(Self.record))
    let client = try client(registry.url)
    let faults: [TestRegistry.Answer] = [
      .init(500, #"{"error_code":50001}"#), .init(404, "<html>no such page</html>"),
      .init(404, #"{"error_code":404,"message":"HTTP 404 Not Found"}"#),
      .init(403, ""), .init(301, ""), .init(200, "<html>"), .init(200, "{}"),
      .init(200, #"{"schema":7}"#),
      .init(200, String(repeating: " ", count: RegistryLimits.answerBytesMax + 1)),
    ]
    for fault in faults {
      registry.answerNext([fault])
      #expect(throws: RegistryFault.self) { try client.schema(of: 7) }
    }
    #expect(word(try client.schema(of: 7)) == "avro")
  }

  @Test func theLoginIsShownAndNeverTold() throws {
    let registry = TestRegistry()
    registry.require("daybook:secret word")
    registry.answer("/schemas/ids/7", .schema(Self.record))
    #expect(
      word(try client(registry.url, login: "daybook:secret word").schema(of: 7)) == "avro")
    for login in [nil, "daybook:wrong"] {
      do throws(RegistryFault) {
        _ = try RegistryClient(settings(registry.url, login)).schema(of: 7)
        Issue.record("no fault")
      } catch {
        #expect(error.description.contains("schema_registry_login"))
        #expect(!error.description.contains("wrong"))
      }
    }
    for url in ["https://user:pw@host:8081", "ftp://host", "host:8081", "", ","] {
      do {
        _ = try RegistrySettings(urls: url)
        Issue.record("\(url) is taken")
      } catch {
        #expect(!"\(error)".contains("pw@"))
      }
    }
  }

  private func settings(_ url: String, _ login: String?) throws(RegistryFault) -> RegistrySettings {
    var settings = try RegistrySettings(urls: url)
    settings.login = { login }
    return settings
  }

  @Test func theNextURLAnswersForOneThatIsAway() throws {
    let (broken, registry) = (TestRegistry(), TestRegistry())
    broken.answer("/schemas/ids/7", .init(503, ""))
    registry.answer("/schemas/ids/7", .schema(Self.record))
    let client = try client("http://127.0.0.1:1", broken.url, registry.url)
    #expect(word(try client.schema(of: 7)) == "avro")
    #expect(word(try client.schema(of: 7)) == "avro")
    // The one that answered is asked first.
    #expect(broken.requests.count == 1)
  }

  @Test func referencesAreFetchedFirst() throws {
    let registry = TestRegistry()
    func reference(_ subject: String) -> String {
      #","references":[{"name":"n","subject":"\#(subject)","version":3}]"#
    }
    registry.answer(
      "/schemas/ids/7",
      .schema(
        #"{"type":"record","name":"R","fields":[{"name":"b","type":"x.B"},{"name":"c","type":"x.C"}]}"#,
        #","references":[{"name":"n","subject":"b/value","version":3},"#
          + #"{"name":"n","subject":"c","version":1}]"#))
    registry.answer(
      "/subjects/b%2Fvalue/versions/3?deleted=true",
      .schema(
        #"{"type":"record","name":"x.B","fields":[{"name":"c","type":"x.C"}]}"#,
        #","references":[{"name":"n","subject":"c","version":1}]"#))
    registry.answer(
      "/subjects/c/versions/1?deleted=true",
      .schema(#"{"type":"enum","name":"x.C","symbols":["A"]}"#))
    let client = try client(registry.url)
    #expect(word(try client.schema(of: 7)) == "avro")
    #expect(registry.requests.count == 3)
    // One that is not there is no reason to refuse anything.
    registry.answer("/schemas/ids/8", .schema(Self.record, reference("nowhere")))
    #expect(throws: RegistryFault.self) { try client.schema(of: 8) }
    // One that goes round ends.
    registry.answer("/schemas/ids/9", .schema(Self.record, reference("round")))
    registry.answer(
      "/subjects/round/versions/3?deleted=true",
      .schema(#"{"type":"enum","name":"E","symbols":["A"]}"#, reference("round")))
    #expect(word(try client.schema(of: 9)) == "avro")
  }

  @Test func aServerThatIsSilentEndsInTime() throws {
    let server = SilentServer()
    var settings = try RegistrySettings(urls: "http://127.0.0.1:\(server.port)")
    settings.answerMillisecondsMax = 100
    let client = try RegistryClient(settings)
    #expect(throws: RegistryFault.self) { try client.schema(of: 7) }
  }
}
