// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Telemetry

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The first SIGTERM or SIGINT asks for a graceful end, the second ends the process at once.
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
    sources = [SIGTERM, SIGINT].map { number in
      // The default action would end the process before the source sees the signal.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        guard count.next() == 1 else { _exit(128 + number) }
        Log.info(message, ["signal": LogValue(number)])
        onFirst()
      }
      source.resume()
      return source
    }
  }

  /// No signal is handled after this.
  func finish() {
    for source in sources { source.cancel() }
  }
}
