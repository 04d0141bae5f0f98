// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// What SIGHUP does to a service: the settings are read again, and what can change without a
/// restart is taken over. That is the log, and what the command itself can take; passwords of
/// databases are read for each connection.
enum Reload {
  /// What a command takes over itself.
  struct Live: Sendable {
    /// Names of options and of Kafka's properties.
    var names: [String] = []
    var take: @Sendable (CommandContext) throws(CommandError) -> Void = { _ in }
  }

  static func run(_ context: CommandContext, _ live: Live = Live()) {
    context.serviceManager.reloading {
      do throws(CommandError) {
        let again = context.with(try context.reread())
        try live.take(again)
        Daybook.configureLog(again.settings)
        Log.info("settings are read again")
        let others = again.settings.names(differingFrom: context.settings, but: live.names)
        guard !others.isEmpty else { return }
        Log.warn(
          "settings take effect with a restart",
          ["settings": LogValue(others.joined(separator: ","))])
      } catch {
        Log.error(
          "settings cannot be read again, the old ones stay", ["error": LogValue(error.message)])
      }
    }
  }
}

extension Settings {
  /// What has other values, but for what needs no restart.
  fileprivate func names(differingFrom old: Settings, but live: [String]) -> [String] {
    let free = [Options.logLevel.name, Options.logFormat.name] + live
    let changed = settings.filter { name, setting in
      !free.contains(name) && setting.secretFile == nil
        && setting.values != old.settings[name]?.values
    }
    let gone = old.settings.keys.filter { !free.contains($0) && settings[$0] == nil }
    let (properties, before) = (propertyValues, old.propertyValues)
    let changedProperties = Set(properties.keys).union(before.keys)
      .filter { properties[$0] != before[$0] && !free.contains($0) }
      .map { KafkaProperty.filePrefix + $0 }
    return (changed.keys + gone + changedProperties).sorted()
  }

  private var propertyValues: [String: String] {
    Dictionary(kafkaProperties.map { ($0.name, $0.value) }) { $1 }
  }
}
