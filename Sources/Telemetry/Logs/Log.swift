// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// The program's log: one line an event on stderr.
///
/// Safe from any thread.
///
/// The message is constant text in lower case; facts go into fields. Never pass a payload or a
/// secret: values are redacted and cut, but that is the second line of defence. Repeated warnings
/// and errors are held back and counted.
package enum Log {
  package static func debug(
    _ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]
  ) {
    write(.debug, message, fields)
  }

  package static func info(
    _ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]
  ) {
    write(.info, message, fields)
  }

  package static func warn(
    _ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]
  ) {
    write(.warn, message, fields)
  }

  package static func error(
    _ message: StaticString, _ fields: KeyValuePairs<String, LogValue> = [:]
  ) {
    write(.error, message, fields)
  }

  /// Sets the lowest level that is written (default `info`) and the shape (default `text`).
  package static func configure(level: LogLevel, format: LogFormat) {
    state.withLock {
      $0.level = level
      $0.format = format
    }
  }

  /// Whether a line of this level would be written: ask before computing costly fields.
  package static func writes(_ level: LogLevel) -> Bool { state.withLock { level >= $0.level } }

  /// Writes the counts of the lines still held back; call before the process ends.
  package static func flush() {
    let time = WallClock.rfc3339Now()
    let (format, repeated) = state.withLock {
      ($0.format, $0.limiter.closeWindows(nowSeconds: nil))
    }
    put(repeated.map { summary($0, time: time).rendered(as: format) }.joined())
  }

  /// Set by the threads of a worker: a field of every line that they write.
  @TaskLocal package static var worker: Int?

  private struct State {
    var level = LogLevel.info
    var format = LogFormat.text
    var limiter = LogLimiter()
  }

  private static let state = Mutex(State())

  private static func write(
    _ level: LogLevel, _ message: StaticString, _ fields: KeyValuePairs<String, LogValue>
  ) {
    guard writes(level) else { return }
    let time = WallClock.rfc3339Now()
    var all = fields.map { ($0.key, $0.value) }
    if let worker, !all.contains(where: { $0.0 == "worker" }) {
      all.insert(("worker", LogValue(worker)), at: 0)
    }
    let line = LogLine(
      time: time, level: level, message: message.description, fields: all)
    let now = WallClock.monotonicSeconds()
    let (format, isAdmitted, repeated) = state.withLock { state in
      let repeated = state.limiter.closeWindows(nowSeconds: now)
      let isAdmitted = level < .warn || state.limiter.admits(line, nowSeconds: now)
      return (state.format, isAdmitted, repeated)
    }
    var text = repeated.map { summary($0, time: time).rendered(as: format) }.joined()
    if isAdmitted { text += line.rendered(as: format) }
    put(text)
  }

  private static func summary(_ repeated: LogLimiter.Repeated, time: String) -> LogLine {
    LogLine(
      time: time, level: repeated.level, message: repeated.message,
      fields: [("repeated", LogValue(repeated.count))])
  }

  /// One `write` a call, outside of the lock, so that lines of two threads do not mix.
  ///
  /// A failing stderr is ignored.
  private static func put(_ text: String) {
    guard !text.isEmpty else { return }
    var copy = text
    copy.withUTF8 { bytes in _ = unsafe writeToStandardError(bytes) }
  }

  private static func writeToStandardError(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    unsafe Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
  }
}
