// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Synchronization

/// Tells systemd how the service is, by the protocol of sd_notify(3): a datagram a message. Without
/// `NOTIFY_SOCKET` it tells nobody.
///
/// Safe from any thread. Messages are sent in order on a queue of their own: a manager that reads
/// slowly holds nobody up.
package final class ServiceManager: Sendable {
  /// What the manager sets for this process and for none of its children.
  package static let variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]

  /// Between two beats; nil when nobody waits for any.
  let beatMicroseconds: Int?
  let queue = DispatchQueue(label: "daybook.service-manager")
  private let socket: NotifySocket?
  private let isReady = Atomic<Bool>(false)
  private let lastStatus = Mutex("")

  package init(environment: [String: String], processID: Int32) {
    let address = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    socket = address.flatMap(NotifySocket.init)
    if let address, socket == nil {
      Log.warn("NOTIFY_SOCKET is no Unix socket, systemd is told nothing", ["value": "\(address)"])
    }
    let isOurs = environment["WATCHDOG_PID"].map { $0 == String(processID) } ?? true
    let limit = environment["WATCHDOG_USEC"].flatMap { Int($0) } ?? 0
    beatMicroseconds = isOurs && limit > 0 ? max(limit / 2, Self.beatMicrosecondsMin) : nil
  }

  /// Whether anybody wants to know.
  var isListening: Bool { socket != nil }

  /// The start is over.
  package func ready() {
    isReady.store(true, ordering: .relaxed)
    send("READY=1")
  }

  /// A stop was asked for.
  package func stopping() { send("STOPPING=1") }

  /// Runs `body`, which reads settings again, between the two messages that say so.
  package func reloading(_ body: () -> Void) {
    let isReady = isReady.load(ordering: .relaxed)
    if isReady {
      send("RELOADING=1\nMONOTONIC_USEC=\(WallClock.monotonicMicroseconds())")
    }
    body()
    if isReady { send("READY=1") }
  }

  /// One line for `systemctl status`; the same again is not sent.
  package func status(_ line: String) {
    let text = String(line.map { $0.isNewline ? " " : $0 })
    let isNew = lastStatus.withLock { last in
      defer { last = text }
      return last != text
    }
    if isNew { send("STATUS=\(text)") }
  }

  /// The process is alive.
  func beat() { send("WATCHDOG=1") }

  private func send(_ text: String) {
    guard let socket else { return }
    queue.async {
      guard let code = socket.send(text) else { return }
      Log.warn("systemd cannot be told how the service is", ["errno": LogValue(code)])
    }
  }

  /// Nobody needs to hear more often.
  private static let beatMicrosecondsMin = 1_000
}
