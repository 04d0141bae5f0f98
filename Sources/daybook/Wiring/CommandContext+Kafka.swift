// SPDX-License-Identifier: Apache-2.0
import Kafka
import Ledger
import Sysexits

extension CommandContext {
  var kafkaOverrides: [(String, String)] { settings.kafkaProperties.map { ($0.name, $0.value) } }

  /// Brokers and pass-through properties; what would break the protocol is refused by name.
  func kafkaClient(
    report: SettingFault.Report = SettingFault.end
  ) throws(CommandError) -> ClientSettings {
    for property in settings.kafkaProperties {
      guard let reason = PropertyRules.refusal(of: property.name) else {
        continue
      }
      let message = "kafka property \(property.name) (\(property.origin)) is refused: \(reason)"
      try report(SettingFault(CommandError(.configuration, message), at: property.origin))
    }
    return ClientSettings(
      brokers: try settings.required(Options.kafkaBrokers), overrides: kafkaOverrides)
  }

  func kafkaConsumer() throws(CommandError) -> ConsumerSettings {
    let client = try kafkaClient()
    return ConsumerSettings(
      brokers: client.brokers, groupID: settings.text(Options.group) ?? "daybook",
      clientID: client.clientID, overrides: client.overrides)
  }

  /// How far the log of each position reaches. A broker that is away is no error: the database
  /// still knows the rest.
  func logExtents(
    of positions: [PartitionPosition]
  ) throws(CommandError) -> [LogExtent] {
    guard settings.text(Options.kafkaBrokers) != nil, !positions.isEmpty else {
      return positions.map { _ in .notAsked }
    }
    let settings = try kafkaConsumer()
    do throws(KafkaError) {
      return try WatermarkReader(settings).extents(of: positions)
    } catch {
      return positions.map { _ in .unknown("\(error)") }
    }
  }
}
