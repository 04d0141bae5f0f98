// SPDX-License-Identifier: Apache-2.0
import Sysexits

extension Settings {
  /// In order of name; a flag wins over the environment, that over the file.
  static func kafkaProperties(
    _ parsed: ParsedArguments, _ environment: [String: String], _ entries: [ConfigEntry],
    _ fileName: String, _ readFile: ReadFile, _ report: SettingFault.Report
  ) throws(CommandError) -> [KafkaProperty] {
    var found: [KafkaProperty] = []
    for entry in entries where entry.key.hasPrefix(KafkaProperty.filePrefix) {
      found.append(
        KafkaProperty(
          name: String(entry.key.dropFirst(KafkaProperty.filePrefix.count)), value: entry.value,
          origin: .file(fileName, line: entry.line)))
    }
    for (name, value) in environment.sorted(by: { $0.key < $1.key })
    where name.hasPrefix(KafkaProperty.environmentPrefix)
      && name != Options.kafkaBrokers.environmentName && !value.isEmpty
    {
      let rest = name.dropFirst(KafkaProperty.environmentPrefix.count)
      found.append(
        KafkaProperty(
          name: KafkaProperty.name(environment: rest), value: value, origin: .environment(name)))
    }
    for text in parsed.values[Options.kafkaProperty.name] ?? [] {
      guard let (name, value) = ValueKind.assignment(text) else { continue }
      guard !KafkaProperty.isSecret(name: name) else {
        try report(SettingFault(secretProperty(name), at: .flag("-X")))
        continue
      }
      found.append(KafkaProperty(name: name, value: value, origin: .flag("-X")))
    }
    for fault in SetTwice.faults(found) { try report(fault) }
    var effective: [String: KafkaProperty] = [:]
    for property in found {
      do throws(SettingFault) {
        let read = try withFileRead(property, readFile)
        effective[read.canonicalName] = read
      } catch {
        try report(error)
      }
    }
    return effective.values.sorted { $0.name < $1.name }
  }

  /// `sasl.password_file = PATH` stands for `sasl.password` = what is in it.
  private static func withFileRead(
    _ property: KafkaProperty, _ readFile: ReadFile
  ) throws(SettingFault) -> KafkaProperty {
    guard property.isFile else { return property }
    return KafkaProperty(
      name: property.effectiveName,
      value: try secret(at: property.value, property.origin, readFile), origin: property.origin)
  }

  private static func secretProperty(_ name: String) -> CommandError {
    let environment =
      KafkaProperty.environmentPrefix + name.replacing(".", with: "_").uppercased()
    return CommandError(
      .usage,
      "\(name) is a secret and no argument, because other users can see arguments: set "
        + "\(environment), kafka.\(name) in the file, or -X \(name)_file=PATH")
  }
}
