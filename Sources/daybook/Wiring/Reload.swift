// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// What SIGHUP does to a service: the settings are read again, and what can change without a
/// restart is taken over. That is the log; passwords of databases are read for each connection.
enum Reload {
  static func run(_ context: CommandContext) {
    context.serviceManager.reloading {
      do throws(CommandError) {
        let settings = try context.reread()
        Daybook.configureLog(settings)
        Log.info("settings are read again")
        let others = settings.names(differingFrom: context.settings)
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
  fileprivate func names(differingFrom old: Settings) -> [String] {
    let free = [Options.logLevel.name, Options.logFormat.name]
    let changed = settings.filter { name, setting in
      !free.contains(name) && setting.secretFile == nil
        && setting.values != old.settings[name]?.values
    }
    let gone = old.settings.keys.filter { !free.contains($0) && settings[$0] == nil }
    let (properties, before) = (propertyValues, old.propertyValues)
    let changedProperties = Set(properties.keys).union(before.keys)
      .filter { properties[$0] != before[$0] }.map { KafkaProperty.filePrefix + $0 }
    return (changed.keys + gone + changedProperties).sorted()
  }

  private var propertyValues: [String: String] {
    Dictionary(kafkaProperties.map { ($0.name, $0.value) }) { $1 }
  }
}
