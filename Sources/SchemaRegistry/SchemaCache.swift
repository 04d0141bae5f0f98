// SPDX-License-Identifier: Apache-2.0
import Records
import Telemetry

/// What is known of ids: schemas for good, unknown ones for a while.
struct SchemaCache {
  typealias Instant = ContinuousClock.Instant

  private var schemas: [UInt32: SchemaAnswer] = [:]
  /// In the order in which they came.
  private var order: [UInt32] = []
  /// With the time until which they are not asked for again.
  private var unknown: [UInt32: Instant] = [:]

  /// Nil for an id that is to be asked for.
  mutating func answer(to id: UInt32, at now: Instant) -> SchemaAnswer? {
    if let known = schemas[id] { return known }
    if let end = unknown[id] {
      if end > now { return .unknown }
      unknown[id] = nil
    }
    guard unknown.count >= RegistryLimits.unknownMax else { return nil }
    unknown = unknown.filter { $0.value > now }
    return unknown.count >= RegistryLimits.unknownMax ? .unknown : nil
  }

  mutating func keep(_ answer: SchemaAnswer, for id: UInt32, at now: Instant) {
    switch answer {
    case .awaited: return
    case .unknown: unknown[id] = now + .seconds(RegistryLimits.unknownSeconds)
    case .avro, .json, .refused:
      if schemas.updateValue(answer, forKey: id) == nil { order.append(id) }
      if order.count > RegistryLimits.schemasMax { schemas[order.removeFirst()] = nil }
    }
    Metrics.schemaFetches.add(1, [Self.result(of: answer)])
    Metrics.schemasCached.set(Double(schemas.count))
  }

  private static func result(of answer: SchemaAnswer) -> String {
    switch answer {
    case .avro: "avro"
    case .json: "json"
    case .refused: "refused"
    case .unknown, .awaited: "unknown"
    }
  }
}
