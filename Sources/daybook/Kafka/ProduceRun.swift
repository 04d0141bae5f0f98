// SPDX-License-Identifier: Apache-2.0
import Kafka
import Sysexits

/// One run of `daybook produce` from files.
struct ProduceRun {
  private let context: CommandContext
  private let topic: String
  private let format: LineFormat

  init(_ context: CommandContext) throws(CommandError) {
    self.context = context
    let topics = context.settings.values(ProduceOptions.topic)
    guard topics.count == 1, let topic = topics.first, !topic.contains("=") else {
      throw CommandError(.usage, "give one --topic NAME for the file")
    }
    self.topic = topic
    format = context.settings.text(ValidateCommand.lines).flatMap(LineFormat.init) ?? .value
  }

  func run() throws(CommandError) -> ExitCode {
    let producer = try LoadProducer(context, topics: [topic])
    var leftOut = 0
    do throws(CommandError) {
      leftOut = try send(producer)
      try producer.finish()
    } catch {
      throw CommandError(error.exitCode, "\(error.message); \(producer.account)")
    }
    if context.wantsJSON {
      try context.output.line(
        JSONValue.object([
          "topic": .string(topic), "produced": .integer(producer.producedCount),
          "left_out": .integer(leftOut), "seconds": .double(producer.seconds),
        ]).text)
    } else {
      let others = leftOut > 0 ? ", \(leftOut) lines left out" : ""
      try context.output.line("\(producer.producedCount) records to \(topic)\(others)")
    }
    return leftOut == 0 ? .success : .data
  }

  /// Returns how many lines were left out.
  private func send(_ producer: LoadProducer) throws(CommandError) -> Int {
    let records = InputRecordReader(format)
    let keys = TenantKeyReader()
    var reader = LineReader(paths: context.operands)
    var leftOut = 0
    while let line = try reader.next() {
      let next: (key: [UInt8]?, record: InputRecord)
      do throws(LineError) {
        let bytes = try bytes(of: line)
        let record = try records.record(of: bytes)
        next = (format == .value ? keys.key(of: bytes) : record.key, record)
      } catch {
        leftOut += 1
        let position = line.number > 0 ? "\(line.file):\(line.number)" : line.file
        context.say("\(position): \(error.message): not sent")
        continue
      }
      try producer.produce(
        topic: topic, key: next.key, value: next.record.value, headers: next.record.headers)
    }
    return leftOut
  }

  private func bytes(of line: LineReader.Line) throws(LineError) -> ArraySlice<UInt8> {
    switch line.content {
    case .bytes(let bytes): return bytes
    case .tooLong: throw LineError(message: "longer than \(LineReader.lineBytesMax) bytes")
    case .noLines(let format): throw LineError(message: "the file is \(format.advice)")
    }
  }
}
