// SPDX-License-Identifier: Apache-2.0
package import Kafka
import Synchronization

/// What may change while ingest runs.
package struct LiveSettings: Sendable, Equatable {
  package var limits: BatchLimits
  package var rejectRatioMax: Double
  package var credentials: SASLCredentials?

  /// The workers of a process share the memory that one alone would have.
  func forOneWorker(of workerCount: Int) -> LiveSettings {
    var share = self
    share.limits.byteCountMax = max(
      limits.byteCountMax / workerCount, min(limits.byteCountMax, IngestLimits.batchBytesMin))
    return share
  }
}

extension IngestSettings {
  package var live: LiveSettings {
    get {
      LiveSettings(
        limits: limits, rejectRatioMax: rejectRatioMax, credentials: kafka.client.credentials)
    }
    set {
      limits = newValue.limits
      rejectRatioMax = newValue.rejectRatioMax
      kafka.client.credentials = newValue.credentials
    }
  }
}

/// The latest ``LiveSettings`` of a process, for its threads: each looks when it has time. Any
/// thread.
final class LiveSettingsBoard: Sendable {
  struct Reading {
    var number = 0
    var settings: LiveSettings
  }

  private let reading: Mutex<Reading>

  init(_ settings: LiveSettings) { reading = Mutex(Reading(settings: settings)) }

  func put(_ settings: LiveSettings) {
    reading.withLock { reading in
      guard reading.settings != settings else { return }
      reading = Reading(number: reading.number + 1, settings: settings)
    }
  }

  var latest: Reading { reading.withLock { $0 } }

  /// The latest reading; nil if it is the one of that number.
  func reading(after number: Int) -> Reading? {
    reading.withLock { $0.number == number ? nil : $0 }
  }
}
