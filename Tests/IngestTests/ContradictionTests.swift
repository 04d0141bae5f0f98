// SPDX-License-Identifier: Apache-2.0
import Kafka
import Postgres
import Records
import Testing

@testable import Ingest

/// Properties and limits that depend on each other fit, or the start says which do not.
struct ContradictionTests {
  private func settings(_ overrides: [(String, String)] = []) -> IngestSettings {
    IngestSettings(
      sources: [IngestSettings.Source(topic: "events", stream: .invocations)],
      kafka: ConsumerSettings(brokers: "b:1", groupID: "g", overrides: overrides),
      database: ConnectionSettings(conninfo: "", applicationName: "test"))
  }

  @Test(arguments: [
    ([], []),
    ([("max.poll.interval.ms", "300000")], []),
    ([("max.poll.interval.ms", "299999")], ["max.poll.interval.ms=299999", "300 s"]),
    ([("session.timeout.ms", "2000")], []),
    ([("session.timeout.ms", "600000")], []),
    (
      [("session.timeout.ms", "3000000")],
      ["session.timeout.ms=3000000", "max.poll.interval.ms=600000"]
    ),
    ([("session.timeout.ms", "3000000"), ("max.poll.interval.ms", "3000000")], []),
    ([("heartbeat.interval.ms", "3000")], []),
    (
      [("heartbeat.interval.ms", "3001")],
      ["heartbeat.interval.ms=3001", "session.timeout.ms=6000"]
    ),
    (
      [("session.timeout.ms", "2000"), ("heartbeat.interval.ms", "1500")],
      ["heartbeat.interval.ms=1500", "session.timeout.ms=2000"]
    ),
  ])
  func aContradictionNamesBoth(overrides: [(String, String)], named: [String]) {
    let contradiction = settings(overrides).contradiction
    #expect((contradiction == nil) == named.isEmpty)
    for name in named { #expect(contradiction?.contains(name) == true) }
  }

  @Test func aNameInTheGroupIsOneForEachWorker() {
    let settings = settings([("group.instance.id", "blue"), ("client.rack", "a")])
    let names = (1...2).map { number in
      settings.forWorker(number).kafka.client.overrides.filter { $0.0 == "group.instance.id" }.map(
        \.1)
    }
    #expect(names == [["blue-1"], ["blue-2"]])
  }

  /// A site's own value stands behind ours, and wins.
  @Test(arguments: [(1, "16384", "4194304"), (2, "8192", "2097152"), (64, "4096", "1048576")])
  func workersShareTheFetchQueue(workers: Int, kilobytes: String, fetch: String) {
    var settings = settings([("queued.max.messages.kbytes", "1024")])
    settings.workerCount = workers
    let overrides = settings.forWorker(1).kafka.client.overrides
    #expect(
      overrides.filter { $0.0 == "queued.max.messages.kbytes" }.map(\.1) == [kilobytes, "1024"])
    #expect(PropertyRules.fetch([overrides[0]]) == ("fetch.max.bytes", fetch))
  }

  @Test func limitsThatDependOnEachOtherFit() {
    let statement = IngestLimits.statementSecondsMax
    #expect(IngestLimits.lockSecondsMax < statement)
    #expect(.seconds(statement) < Connection.deadlineDefault, "the server gives up first")
    #expect(statement < IngestLimits.idleSecondsMax)
    let attempt =
      Duration.seconds(
        IngestLimits.markSecondsMax + ConnectionSettings.connectTimeoutSecondsDefault)
      + Connection.deadlineDefault
    #expect(attempt <= .seconds(IngestLimits.claimAttemptSecondsMax))
    #expect(attempt < .seconds(120), "a polling thread that waits for a claim is alive")
    #expect(IngestLimits.watchSeconds * 3 < IngestLimits.silenceSecondsMax)
  }
}
