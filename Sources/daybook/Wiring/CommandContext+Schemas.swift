// SPDX-License-Identifier: Apache-2.0
import Digest
import Records
import SchemaRegistry
import Sysexits
import Telemetry

extension CommandContext {
  /// Where the schemas of framed records come from.
  enum Schemas {
    case none
    case directory(String)
    case registry(RegistrySettings)
  }

  func schemas() throws(CommandError) -> Schemas {
    let directory = settings.text(Options.schemaDirectory)
    guard let urls = settings.text(Options.schemaRegistry) else {
      guard let directory else { return .none }
      guard FileBytes.isDirectory(directory) else {
        throw CommandError(
          .noInput, "\(directory) is no directory with schemas: check schema_dir")
      }
      return .directory(directory)
    }
    guard directory == nil else {
      throw CommandError(
        .configuration, "schema_registry and schema_dir are both set: set one of them")
    }
    try checkRegistryFiles()
    do throws(RegistryFault) {
      return .registry(try registry(urls))
    } catch {
      throw CommandError(.configuration, "schema_registry: \(error)")
    }
  }

  /// libcurl opens them with each connection, where a wrong path is a registry that does not answer
  /// and is asked for ever.
  private func checkRegistryFiles() throws(CommandError) {
    let certificates = [Options.schemaRegistryCA, Options.schemaRegistryCertificate]
    for option in certificates + [Options.schemaRegistryKey] {
      guard let path = settings.text(option) else { continue }
      do throws(CommandError) {
        let bytes = try FileBytes.read(path)
        guard option.name != Options.schemaRegistryKey.name,
          CertificateExpiry.ends(inPEM: bytes).isEmpty
        else { continue }
        throw CommandError(.configuration, "\(path) holds no certificate in PEM form")
      } catch {
        throw CommandError(.configuration, "\(option.fileKey): \(error.message)")
      }
    }
  }

  private func registry(_ urls: String) throws(RegistryFault) -> RegistrySettings {
    var result = try RegistrySettings(urls: urls)
    result.authorityFile = settings.text(Options.schemaRegistryCA)
    result.certificateFile = settings.text(Options.schemaRegistryCertificate)
    result.keyFile = settings.text(Options.schemaRegistryKey)
    if let setting = settings.settings[Options.schemaRegistryLogin.name] {
      let (login, origin, path) = (setting.values.last, setting.origin, setting.secretFile)
      result.login = { path.flatMap { Self.readAgain($0, origin) } ?? login }
    }
    return result
  }

  /// For a command that reads files; nil where framed records hold JSON only.
  func fileSchemas() throws(CommandError) -> FileSchemas? {
    switch try schemas() {
    case .none: return nil
    case .directory(let path): return FileSchemas(SchemaDirectory(path))
    case .registry(let settings):
      do throws(RegistryFault) {
        return FileSchemas(try AskedSchemas(settings))
      } catch {
        throw CommandError(.unavailable, "schema_registry: \(error)")
      }
    }
  }
}

/// The schemas of records in files.
struct FileSchemas {
  let view: SchemaView
  private let asked: AskedSchemas?

  init(_ source: any SchemaSource) {
    view = SchemaView(source)
    asked = source as? AskedSchemas
  }

  /// Ends a command whose verdicts say nothing, because the registry does not answer.
  func check() throws(CommandError) {
    guard let fault = asked?.fault else { return }
    throw CommandError(.unavailable, "the schema registry does not answer: \(fault)")
  }
}
