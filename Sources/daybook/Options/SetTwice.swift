// SPDX-License-Identifier: Apache-2.0
import Sysexits

/// What one source says twice: nobody could see which of the two counts. Between sources flags win
/// over the environment, and that over the file.
enum SetTwice {
  /// `entries` are those of the file about one setting, by itself and as the name of a file.
  static func fault(_ entries: [ConfigEntry], in file: String) -> SettingFault? {
    guard entries.count > 1 else { return nil }
    let place = Origin.file(file, line: entries[1].line)
    return fault("\(place): \(entries[1].key)", entries[1].key, entries[0].key, at: place)
  }

  static func fault(variables name: String, _ other: String) -> SettingFault {
    let place = Origin.environment(other)
    return fault(place.description, other, name, at: place)
  }

  /// `properties` of all sources, in the order in which they were found.
  static func faults(_ properties: [KafkaProperty]) -> [SettingFault] {
    var first: [String: KafkaProperty] = [:]
    return properties.compactMap { property in
      let key = "\(property.origin.source) \(property.canonicalName)"
      guard let before = first[key] else {
        first[key] = property
        return nil
      }
      return fault(
        "kafka property \(property.name) (\(property.origin))", property.name, before.name,
        at: property.origin)
    }
  }

  private static func fault(
    _ subject: String, _ name: String, _ before: String, at place: Origin
  ) -> SettingFault {
    let complaint =
      name == before
      ? "is set twice: set it once" : "is set beside \(before): set one of the two"
    return SettingFault(CommandError(.configuration, "\(subject) \(complaint)"), at: place)
  }
}

extension Origin {
  /// Within one, no value wins over another.
  fileprivate var source: String {
    switch self {
    case .flag: "flags"
    case .environment: "environment"
    case .file: "file"
    case .default: "default"
    }
  }
}
