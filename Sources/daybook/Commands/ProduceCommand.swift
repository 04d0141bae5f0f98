// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Generator
import Kafka
import Records

/// `daybook produce`: records from NDJSON, or a seeded realistic load.
enum ProduceCommand {
  static let declaration = CommandDeclaration(
    ["produce"], "send records to Kafka, from NDJSON or generated",
    operands: "[FILE|-]", count: 0...1, options: ProduceOptions.all + Options.kafka,
    details: """
      From NDJSON: one record a line, sent as it is, with tenant_id as the key; nothing is checked
      (see daybook validate). With --generate the summary says what a store must hold afterwards:
      unique, duplicates, conflicts, bad records by kind and reason, exact costs. --dry-run makes
      the same records and the same summary, and sends nothing.
      """,
    examples: [
      ("daybook produce --topic ai.llm-invocations.v1 calls.ndjson", "send a file"),
      (
        "daybook produce --generate 500000 --duplicates 0.01 --conflicts 0.001 --bad 0.01 --json",
        "a load with everything in it, and its expected result"
      ),
      ("daybook produce --generate 100000 --rate 2000", "a steady stream"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(Fault) -> ExitCode {
    if context.settings.text(ProduceOptions.generate) != nil {
      guard context.operands.isEmpty else {
        throw Fault(.usage, "give a file or --generate, not both")
      }
      return try GenerateRun(context).run()
    }
    guard let path = context.operands.first else {
      throw Fault(.usage, "give a file, - for standard input, or --generate N")
    }
    return try produceLines(path, context)
  }

  private static func produceLines(
    _ path: String, _ context: CommandContext
  ) throws(Fault) -> ExitCode {
    let topics = context.settings.values(ProduceOptions.topic)
    guard topics.count == 1, let topic = topics.first, !topic.contains("=") else {
      throw Fault(.usage, "give one --topic NAME for the file")
    }
    var reader = try LineReader(path: path)
    let producer = try LoadProducer(context, topics: [topic])
    let keys = TenantKeyReader()
    while let line = try reader.next() {
      guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
      try producer.produce(
        topic: topic, key: keys.key(of: line), value: Array(line), headers: [])
    }
    try producer.finish()
    if context.wantsJSON {
      try context.output.line(
        JSONValue.object([
          "topic": .string(topic), "produced": .integer(producer.producedCount),
          "seconds": .double(producer.seconds),
        ]).text)
    } else {
      try context.output.line("\(producer.producedCount) records to \(topic)")
    }
    return .success
  }
}
