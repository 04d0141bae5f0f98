// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kafka
import Telemetry

extension Session: RebalanceHandler {
  /// Claims the partitions and says where to begin. Runs on the polling thread, inside `poll`.
  func assign(_ added: [TopicPartition], consumer: Consumer) throws -> [PartitionOffset] {
    Metrics.rebalances.add(1)
    pulse.kafka(failure: nil)
    guard !added.isEmpty else { return [] }
    do throws(IngestError) {
      let claimed = try claimer.claim(added, consumer)
      Fault.assignClaimed.reached()
      stagesNextBatch = true
      return take(claimed)
    } catch {
      // The session ends; a claim that only took too long is tried again by the next one.
      if error.exitCode == ExitCode.tempFail { restart = "\(error)" } else { failure = error }
      throw error
    }
  }

  private func take(_ claimed: [(ClaimedPartition, StartDecision)]) -> [PartitionOffset] {
    var starts: [PartitionOffset] = []
    var states: [PartitionState] = []
    for (partition, decision) in claimed {
      guard let source = settings.sources.firstIndex(where: { $0.topic == partition.topic })
      else { continue }
      var state = PartitionState(
        claimed: partition, source: source,
        isContiguous: settings.sources[source].isContiguous)
      switch decision {
      case .fetch(let offset, let anchor):
        state.pendingAnchor = anchor
        starts.append(PartitionOffset(state.place, offset: offset))
      case .halt(let reason, let detail):
        state.haltReason = reason.rawValue
        HaltReport.halted(state.place, reason.rawValue, detail: detail)
      case .stayHalted(let reason):
        HaltReport.halted(state.place, reason, detail: "halted before; a restart decides nothing")
      }
      states.append(state)
    }
    assignment.add(states)
    Log.info(
      "partitions assigned",
      ["added": LogValue(states.count), "fetching": LogValue(starts.count)])
    return starts
  }

  /// Lets go of the partitions: what is filled is written if there is time, and dropped otherwise.
  func revoke(_ removed: [TopicPartition], lost: Bool, consumer: Consumer) {
    Metrics.rebalances.add(1)
    Fault.revokeReceived.reached()
    var isDropped = lost
    if !lost, restart == nil, failure == nil, !isPastDeadline {
      submit()
      let deadline = Date(timeIntervalSinceNow: Double(IngestLimits.revokeSecondsMax))
      isDropped = !handoff.drain(until: deadline)
    }
    if isDropped { abandon() }
    HaltReport.released(assignment.states.filter { removed.contains($0.place) })
    assignment.remove(removed)
    // What was dropped may have belonged to partitions that stay: they must be read again.
    if isDropped, !assignment.isEmpty { restart = "records were dropped at a rebalance" }
    Log.info("partitions revoked", ["removed": LogValue(removed.count), "lost": LogValue(lost)])
  }

  private func note(_ committed: Committed) {
    for position in committed.positions {
      guard let index = assignment.index(of: position.topicPartition) else { continue }
      assignment[index].committed = max(assignment[index].committed, position.offset)
    }
  }

  /// What the writer has settled.
  func take(_ receipts: [Handoff.Receipt], _ consumer: Consumer) {
    for receipt in receipts {
      switch receipt {
      case .committed(let committed):
        note(committed)
        consumer.commitAsync(
          committed.positions.filter { assignment.index(of: $0.topicPartition) != nil })
      case .fenced(let fenced, let why):
        if fenced >= generation { restart = why }
      case .failed(let error): failure = error
      }
    }
  }
}
