// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc
import Telemetry

/// The first SIGTERM, SIGINT or SIGHUP asks for a graceful end, a second SIGTERM or SIGINT ends the
/// process at once. A terminal that is closed sends SIGHUP more than once, so another one is
/// nothing; under nohup it stays ignored.
///
/// The handlers run on a queue of their own, not in signal context.
final class StopSignals {
  private let sources: [any DispatchSourceSignal]

  /// `message` is logged at the first signal: what happens from then on.
  init(
    _ message: StaticString = "stop requested, the open batch is finished",
    onFirst: @escaping @Sendable () -> Void
  ) {
    let queue = DispatchQueue(label: "daybook.signals")
    let count = SignalCount()
    sources = [SIGTERM, SIGINT, SIGHUP].compactMap { number in
      // The default action would end the process before the source sees the signal.
      let inherited = signal(number, SIG_IGN)
      if number == SIGHUP, Self.isIgnored(inherited) { return nil }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
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
