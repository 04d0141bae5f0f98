// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc
import Telemetry

/// The first SIGTERM or SIGINT asks for a graceful end, a second one ends the process at once.
///
/// SIGHUP tells a service to read its settings again, if it can. Of a terminal that is closed,
/// which sends it more than once, it means the end; under nohup it stays ignored.
///
/// The handlers run on a queue of their own, not in signal context.
final class StopSignals {
  private let sources: [any DispatchSourceSignal]

  /// `message` is logged at the first signal: what happens from then on.
  init(
    _ message: StaticString = "stop requested, the open batch is finished",
    onReload: (@Sendable () -> Void)? = nil, onFirst: @escaping @Sendable () -> Void
  ) {
    let queue = DispatchQueue(label: "daybook.signals")
    let count = SignalCount()
    let reload = Self.hasTerminal ? nil : onReload
    sources = [SIGTERM, SIGINT, SIGHUP].compactMap { number in
      // The default action would end the process before the source sees the signal.
      let inherited = signal(number, SIG_IGN)
      if number == SIGHUP, Self.isIgnored(inherited) { return nil }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        if number == SIGHUP, let reload { return reload() }
        guard count.next() == 1 else {
          if number != SIGHUP { _exit(128 + number) }
          return
        }
        Log.info(message, ["signal": LogValue(number)])
        onFirst()
      }
      source.resume()
      return source
    }
  }

  /// Whether a terminal controls the process: asked before it is closed.
  private static var hasTerminal: Bool {
    let terminal = unsafe open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { return false }
    close(terminal)
    return true
  }

  private typealias Handler = @convention(c) (Int32) -> Void

  /// Whoever started us wants it ignored: nohup does so.
  private static func isIgnored(_ handler: Handler?) -> Bool {
    unsafe unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// No signal is handled after this.
  func finish() {
    for source in sources { source.cancel() }
  }
}
