// SPDX-License-Identifier: Apache-2.0
import Kafka
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
}
