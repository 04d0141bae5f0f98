// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Generator
import Kafka
import Testing

extension EndToEnd {
  /// The program with a registry that wants a login: by its file, and away at first.
  @Suite struct AvroTests {
    private static let schema =
      #"{"type":"record","name":"Call","fields":[{"name":"id","type":"string"},"#
      + #"{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}}]}"#

    private static let profile = """
      [profile]
      stream = invocations
      [columns]
      invocation_id = uuid(id)
      occurred_at = epoch_ms(at)
      tenant_id = "acme"
      provider = "openai"
      request_model = "gpt-5"
      input_tokens = 1
      output_tokens = 1
      """

    /// `id` is below 64 bytes long, so that its length is one byte.
    private static func record(_ number: Int) -> [UInt8] {
      let digits = String(number)
      let zeros = String(repeating: "0", count: 12 - digits.count)
      let id = "0190b7c2-7000-7000-8000-" + zeros + digits
      let at = (Timestamp.now().unixMicroseconds / 1000 - 60_000) << 1
      var bytes: [UInt8] = [0, 0, 0, 0, 7, UInt8(2 * id.utf8.count)] + Array(id.utf8)
      var rest = UInt64(at)
      while rest > 0x7f {
        bytes.append(UInt8(rest & 0x7f) | 0x80)
        rest >>= 7
      }
      return bytes + [UInt8(rest)]
    }

    @Test func theProgramReadsAvroByARegistry() throws {
      try Scenario.run(partitions: 2) { scenario in
        let topic = try #require(scenario.topics[.invocations]?.first)
        let registry = TestRegistry()
        registry.answer("/schemas/ids/7", .schema(Self.schema))
        registry.require("daybook:open-sesame")
        registry.answerNext([.init(503, "")])
        let profiles = scenario.directory.appendingPathComponent("profiles")
        try FileManager.default.createDirectory(at: profiles, withIntermediateDirectories: true)
        try Data(Self.profile.utf8).write(to: profiles.appendingPathComponent("calls.profile"))
        let login = scenario.directory.appendingPathComponent("registry_login")
        try Data("daybook:wrong\n".utf8).write(to: login)
        let producer = try Producer(settings: Stack.client)
        for number in 0..<200 {
          try producer.produce(
            topic: topic, partition: Int32(number % 2), value: Self.record(number))
        }
        try producer.flush(timeoutMilliseconds: 30_000)

        scenario.terminal = .none
        let process = try scenario.daybook(
          [
            "ingest", "--group", scenario.group, "--topic", "\(topic)=invocations:calls",
            "--profile-dir", profiles.path, "--schema-registry", registry.url,
            "--record-key", "\(topic)=ignore",
          ], ["DAYBOOK_SCHEMA_REGISTRY_LOGIN_FILE": login.path])
        #expect(eventually(seconds: 30) { process.output.contains("401") }, "\(process.lastLines)")
        #expect(try scenario.seen() == 0)
        try Data("daybook:open-sesame\n".utf8).write(to: login)
        #expect(try eventually(seconds: 60) { try scenario.seen() == 200 }, "\(process.lastLines)")
        #expect(try scenario.number("SELECT count(*) FROM invocations") == 200)
        #expect(!process.output.contains("open-sesame") && !process.output.contains("wrong"))
        scenario.expectOrderlyStop(process)
      }
    }
  }
}
