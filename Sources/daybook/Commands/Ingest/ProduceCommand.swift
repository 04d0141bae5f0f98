// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Generator
import Kafka
import Records
import Sysexits

/// `daybook produce`: records from NDJSON, or a seeded realistic load.
enum ProduceCommand {
  static let declaration = CommandDeclaration(
    ["produce"], "send records to Kafka, from NDJSON or generated",
    operands: "[FILE|-…]", count: 0...10_000, options: ProduceOptions.all + Options.kafka,
    details: """
      From NDJSON, also gzip or zstd: one record a line, sent as it is, with tenant_id as the key;
      nothing is checked (see daybook validate). With --lines record the key, the headers and the
      value (or payload) are those of the line. A line that is too long or no record is told of and
      left out, and the exit code is 65. With --generate the summary says what a store must hold
      afterwards: unique, duplicates, conflicts, bad records by kind and reason, exact costs.
      --dry-run makes the same records and the same summary, and sends nothing.
      """,
    examples: [
      ("daybook produce --topic ai.llm-invocations.v1 calls.ndjson", "send a file"),
      (
        "kcat -b old:9092 -t c -C -e -J | daybook produce --topic c --lines record -",
        "copy a topic with its keys and headers"
      ),
      (
        "daybook produce --generate 500000 --duplicates 0.01 --conflicts 0.001 --bad 0.01 --json",
        "a load with everything in it, and its expected result"
      ),
      ("daybook produce --generate 100000 --rate 2000", "a steady stream"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    if context.settings.text(ProduceOptions.generate) != nil {
      guard context.operands.isEmpty else {
        throw CommandError(.usage, "give a file or --generate, not both")
      }
      return try GenerateRun(context).run()
    }
    guard !context.operands.isEmpty else {
      throw CommandError(.usage, "give files, - for standard input, or --generate N")
    }
    return try ProduceRun(context).run()
  }
}
