// SPDX-License-Identifier: Apache-2.0
import Foundation
package import Records
package import Telemetry

/// The schemas of a registry, asked for by a thread of its own: who reads records never waits for
/// HTTP. While the registry is away it is asked again and again, and records of schemas that are
/// not known yet wait.
package final class RegistrySchemas: SchemaSource, @unchecked Sendable {
  // Sendable: the variables are read and written under `condition`.
  private let settings: RegistrySettings
  private let health: Health
  private let condition = MonotonicCondition()
  private var cache = SchemaCache()
  /// The ids that are to be asked for, in their order.
  private var awaited: [UInt32] = []
  private var isStopped = false

  /// Of ``Health``.
  private static let check = "schema-registry"

  package init(_ settings: RegistrySettings, health: Health) {
    self.settings = settings
    self.health = health
  }

  package func schema(of id: UInt32) -> SchemaAnswer {
    condition.withLock {
      if let known = cache.answer(to: id, at: .now) { return known }
      if awaited.count < RegistryLimits.awaitedMax, !awaited.contains(id) {
        awaited.append(id)
        Metrics.schemasAwaited.set(Double(awaited.count))
        condition.broadcast()
      }
      return .awaited
    }
  }

  package func start() {
    let thread = Thread { [self] in run() }
    thread.name = "schemas"
    thread.start()
  }

  /// What is asked for is no longer waited for; an answer that hangs is left behind.
  package func stop() {
    condition.withLock {
      isStopped = true
      condition.broadcast()
    }
  }

  private func run() {
    var client: RegistryClient?
    var retryMilliseconds = RegistryLimits.retryMillisecondsMin
    while let id = next() {
      do throws(RegistryFault) {
        let asking = if let client { client } else { try RegistryClient(settings) }
        client = asking
        keep(try asking.schema(of: id), for: id)
        health.set(Self.check, failure: nil)
        retryMilliseconds = RegistryLimits.retryMillisecondsMin
      } catch {
        Metrics.schemaFetches.add(1, ["failed"])
        health.set(Self.check, failure: "\(error)")
        Log.warn(
          "the schema registry does not answer, records of unknown schemas wait",
          ["error": LogValue(error.description)])
        postpone(id, milliseconds: retryMilliseconds)
        retryMilliseconds = min(2 * retryMilliseconds, RegistryLimits.retryMillisecondsMax)
      }
    }
  }

  /// The id that waits longest; nil after a stop.
  private func next() -> UInt32? {
    condition.withLock {
      while awaited.isEmpty, !isStopped { condition.wait() }
      return isStopped ? nil : awaited.first
    }
  }

  private func keep(_ answer: SchemaAnswer, for id: UInt32) {
    condition.withLock {
      cache.keep(answer, for: id, at: .now)
      awaited.removeAll { $0 == id }
      Metrics.schemasAwaited.set(Double(awaited.count))
    }
  }

  /// Behind the others: the registry may fail for this one only.
  private func postpone(_ id: UInt32, milliseconds: Int) {
    condition.withLock {
      awaited.removeAll { $0 == id }
      awaited.append(id)
      let jitter = Int.random(in: milliseconds / 2...milliseconds)
      let end = ContinuousClock.now + .milliseconds(jitter)
      while !isStopped, condition.wait(until: end) {}
    }
  }
}
