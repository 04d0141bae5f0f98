// SPDX-License-Identifier: Apache-2.0
import Kafka
import Telemetry

/// Says once what a person has to do about answers that cannot be received, and when it is over.
struct AnswerWatch {
  private let worker: String
  private var known: [UnreceivableAnswer] = []

  init(worker: Int) {
    self.worker = String(worker)
  }

  /// Readiness and metric follow what the consumer knows; the log follows the brokers, because the
  /// size of an answer grows with what waits.
  mutating func look(at answers: [UnreceivableAnswer], _ workerHealth: WorkerHealth) {
    guard answers != known else { return }
    let added = answers.filter { answer in !known.contains { $0.broker == answer.broker } }
    for answer in added {
      Log.error(
        "kafka answer cannot be received",
        [
          "worker": LogValue(worker), "broker": LogValue(answer.broker),
          "error": LogValue("\(answer)"), "remedy": LogValue(answer.remedy),
        ])
    }
    if answers.isEmpty {
      Log.info("kafka answers are received again", ["worker": LogValue(worker)])
    }
    set(answers, workerHealth)
  }

  /// The consumer is closed: the next one will see for itself.
  mutating func end(_ workerHealth: WorkerHealth) {
    if !known.isEmpty { set([], workerHealth) }
  }

  private mutating func set(_ answers: [UnreceivableAnswer], _ workerHealth: WorkerHealth) {
    known = answers
    Metrics.kafkaUnreceivable.set(Double(answers.count), [worker])
    workerHealth.kafkaAnswers(failure: answers.first?.description)
  }
}
