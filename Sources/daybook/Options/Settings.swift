// SPDX-License-Identifier: Apache-2.0
import Sysexits
import Telemetry

/// The effective settings of one call: flags over environment over file over defaults, each with
/// its origin.
package struct Settings: Sendable {
  /// By option name; an option with neither a value nor a default is absent.
  package let settings: [String: Setting]
  /// In order of name; one each.
  package let kafkaProperties: [KafkaProperty]

  package typealias ReadFile = (String) throws(CommandError) -> [UInt8]

  /// Reads files by `readFile`; every fault names the place and the remedy. Where `report` lets the
  /// reading go on, a faulty setting has its default.
  package init(
    _ parsed: ParsedArguments, environment: [String: String], readFile: ReadFile,
    report: SettingFault.Report = SettingFault.end
  ) throws(CommandError) {
    var file: ConfigFile?
    let path =
      parsed.values[Options.config.name]?.first ?? environment[Options.config.environmentName]
    if let path, !path.isEmpty {
      do throws(CommandError) { file = ConfigFile.parse(try readFile(path), name: path) } catch {
        try report(SettingFault(error))
      }
    }
    for fault in file?.faults ?? [] { try report(fault) }
    let entries = file?.entries ?? []
    for fault in Self.unknownKeys(entries, name: file?.name ?? "") { try report(fault) }

    var settings: [String: Setting] = [:]
    let declared = parsed.command.allOptions
    let names = Set(declared.map(\.name))
    for option in declared + Options.settings.filter({ !names.contains($0.name) }) {
      do throws(SettingFault) {
        settings[option.name] = try Self.resolve(
          option, parsed, environment, entries, file?.name ?? "", readFile)
      } catch {
        try report(error)
        settings[option.name] = Self.fallback(of: option)
      }
    }
    self.settings = settings
    kafkaProperties = try Self.kafkaProperties(
      parsed, environment, entries, file?.name ?? "", readFile, report)
  }

  /// The value, or nil if there is none and no default.
  package func text(_ option: OptionDeclaration) -> String? {
    settings[option.name]?.values.last
  }

  package func values(_ option: OptionDeclaration) -> [String] {
    settings[option.name]?.values ?? []
  }

  package func isOn(_ option: OptionDeclaration) -> Bool {
    text(option).flatMap(ValueKind.boolean) ?? false
  }

  /// The value of an option that has an integer kind and a default.
  package func integer(_ option: OptionDeclaration) -> Int {
    guard let number = text(option).flatMap({ Int($0) }) else {
      preconditionFailure("\(option.name) is declared without an integer default")
    }
    return number
  }

  /// The value of an option that has a fraction kind and a default.
  package func fraction(_ option: OptionDeclaration) -> Double {
    guard let number = text(option).flatMap({ Double($0) }) else {
      preconditionFailure("\(option.name) is declared without a number as default")
    }
    return number
  }

  /// The value, or a fault that names the three places where it can be set.
  package func required(_ option: OptionDeclaration) throws(CommandError) -> String {
    if let value = text(option) { return value }
    let ways =
      option.sources == .flag
      ? option.flag
      : "\(option.flag), \(option.environmentName) or \(option.fileKey) in the file"
    throw CommandError(
      option.sources == .flag ? .usage : .configuration, "\(option.name) is not set: give \(ways)"
    )
  }

  // MARK: Resolving

  private static func resolve(
    _ option: OptionDeclaration, _ parsed: ParsedArguments, _ environment: [String: String],
    _ entries: [ConfigEntry], _ fileName: String,
    _ readFile: ReadFile
  ) throws(SettingFault) -> Setting? {
    if let given = parsed.values[option.name] {
      if option.sources != .flag, given.contains("") {
        throw SettingFault(
          CommandError(.usage, "\(option.flag) has no value: give one, or leave it out"),
          at: .flag(option.flag))
      }
      return Setting(values: given, origin: .flag(option.flag))
    }
    if option.sources != .flag {
      if let found = try fromEnvironment(option, environment, readFile) { return found }
      if let found = try fromFile(option, entries, fileName, readFile) { return found }
    }
    return fallback(of: option)
  }

  private static func fallback(of option: OptionDeclaration) -> Setting? {
    option.defaultValue.map { Setting(values: [$0], origin: .default) }
  }

  private static func fromEnvironment(
    _ option: OptionDeclaration, _ environment: [String: String],
    _ readFile: ReadFile
  ) throws(SettingFault) -> Setting? {
    let name = option.environmentName
    let fileName = name + OptionDeclaration.secretFileSuffix.uppercased()
    let path = environment[fileName].flatMap { option.sources != .secret || $0.isEmpty ? nil : $0 }
    if let value = environment[name], !value.isEmpty {
      if path != nil { throw SetTwice.fault(variables: name, fileName) }
      let values = option.isRepeatable ? value.split(separator: ",").map(String.init) : [value]
      return try checked(option, values, .environment(name))
    }
    if let path {
      let origin = Origin.environment(fileName)
      return try checked(
        option, [secret(at: path, origin, readFile)], origin, secretFile: path)
    }
    return nil
  }

  private static func fromFile(
    _ option: OptionDeclaration, _ entries: [ConfigEntry], _ fileName: String,
    _ readFile: ReadFile
  ) throws(SettingFault) -> Setting? {
    let fileKey = option.fileKey + OptionDeclaration.secretFileSuffix
    let keys = option.sources == .secret ? [option.fileKey, fileKey] : [option.fileKey]
    let given = entries.filter { keys.contains($0.key) }
    if !option.isRepeatable, let fault = SetTwice.fault(given, in: fileName) { throw fault }
    let found = given.filter { $0.key == option.fileKey }
    if let first = found.first {
      for entry in found.dropFirst() {
        _ = try checked(option, [entry.value], .file(fileName, line: entry.line))
      }
      return try checked(option, found.map(\.value), .file(fileName, line: first.line))
    }
    if let entry = given.last {
      let origin = Origin.file(fileName, line: entry.line)
      return try checked(
        option, [secret(at: entry.value, origin, readFile)], origin, secretFile: entry.value)
    }
    return nil
  }

  private static func checked(
    _ option: OptionDeclaration, _ values: [String], _ origin: Origin, secretFile: String? = nil
  ) throws(SettingFault) -> Setting {
    for value in values {
      guard let complaint = option.kind.complaint(about: value) else { continue }
      let shown = option.sources == .secret ? Redaction.mask : value
      throw SettingFault(
        CommandError(.configuration, "\(option.fileKey) = \(shown) (\(origin)): \(complaint)"),
        at: origin)
    }
    return Setting(values: values, origin: origin, secretFile: secretFile)
  }

  /// The content of a secret's file without the newline that editors add.
  static func secret(
    at path: String, _ origin: Origin, _ readFile: ReadFile
  ) throws(SettingFault) -> String {
    var bytes: [UInt8]
    do throws(CommandError) { bytes = try readFile(path) } catch {
      throw SettingFault(CommandError(error.exitCode, "\(error.message) (\(origin))"), at: origin)
    }
    while let last = bytes.last, last == 10 || last == 13 { bytes.removeLast() }
    guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else {
      throw SettingFault(
        CommandError(
          .configuration,
          "\(path) is empty or not UTF-8 text: put the secret into it (\(origin))"),
        at: origin)
    }
    return text
  }

  private static func unknownKeys(_ entries: [ConfigEntry], name: String) -> [SettingFault] {
    let keys = Options.settings.map(\.fileKey)
    let secretFiles = Options.settings.filter { $0.sources == .secret }
      .map { $0.fileKey + OptionDeclaration.secretFileSuffix }
    return entries.compactMap { entry in
      guard !entry.key.hasPrefix(KafkaProperty.filePrefix),
        !(keys + secretFiles).contains(entry.key)
      else { return nil }
      let hint = Suggestion.hint(for: entry.key, among: keys + secretFiles)
      return SettingFault(
        CommandError(
          .configuration,
          "\(name):\(entry.line): unknown key \(entry.key)\(hint): see daybook config show"),
        at: .file(name, line: entry.line))
    }
  }
}
