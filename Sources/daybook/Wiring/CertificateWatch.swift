// SPDX-License-Identifier: Apache-2.0
import Digest
import Dispatch
import Glibc
import Postgres
import Sysexits
import Telemetry

/// Tells when the certificates end that connections to Kafka, PostgreSQL and a schema registry use,
/// as far as settings name them as PEM files. Looks again every hour: a file that was renewed needs
/// no restart.
final class CertificateWatch {
  /// What a file is for; the label of the metric.
  enum Role: String, CaseIterable {
    case kafkaAuthority = "kafka_ca"
    case kafkaClient = "kafka_client"
    case postgresAuthority = "postgres_ca"
    case postgresClient = "postgres_client"
    case registryAuthority = "registry_ca"
    case registryClient = "registry_client"

    /// A client shows its first certificate. Of several authorities one is enough, so they are good
    /// until the last one ends.
    func end(of ends: [Int64]) -> Int64? {
      switch self {
      case .kafkaClient, .postgresClient, .registryClient: ends.first
      case .kafkaAuthority, .postgresAuthority, .registryAuthority: ends.max()
      }
    }
  }

  private let timer: any DispatchSourceTimer

  init(_ files: [(path: String, role: Role)]) {
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "daybook.certificates"))
    timer.setEventHandler {
      for (path, role) in files { Self.look(at: path, role) }
    }
    timer.schedule(deadline: .now(), repeating: .seconds(Self.intervalSeconds))
    timer.activate()
  }

  deinit { timer.cancel() }

  /// Those of the settings of librdkafka and libpq; directories of certificates are left out.
  static func files(
    _ context: CommandContext, _ database: ConnectionSettings
  ) -> [(path: String, role: Role)] {
    let kafka = Dictionary(context.kafkaOverrides) { $1 }
    let postgres = (try? ConnectionString(database.conninfo).options) ?? [:]
    let found: [(String?, Role)] = [
      (kafka["ssl.ca.location"], .kafkaAuthority),
      (kafka["ssl.certificate.location"], .kafkaClient),
      (postgres["sslrootcert"] ?? variable("PGSSLROOTCERT"), .postgresAuthority),
      (postgres["sslcert"] ?? variable("PGSSLCERT"), .postgresClient),
      (context.settings.text(Options.schemaRegistryCA), .registryAuthority),
      (context.settings.text(Options.schemaRegistryCertificate), .registryClient),
    ]
    return found.compactMap { path, role in
      // `system` and `probe` are words for what the machine trusts.
      guard let path, path.contains("/"), !FileBytes.isDirectory(path) else { return nil }
      return (path, role)
    }
  }

  /// Sets the metric, or takes it away when the file says nothing.
  static func look(at path: String, _ role: Role) {
    let labels = [path, role.rawValue]
    do throws(CommandError) {
      guard let end = role.end(of: CertificateExpiry.ends(inPEM: try FileBytes.read(path))) else {
        throw CommandError(.data, "\(path) holds no certificate in PEM form: its end is not known")
      }
      Metrics.certificateExpiry.set(end, labels)
    } catch {
      Metrics.certificateExpiry.remove(labels)
      Log.warn("a certificate cannot be looked at", ["error": LogValue(error.message)])
    }
  }

  private static func variable(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  private static let intervalSeconds = 3600
}
