// SPDX-License-Identifier: Apache-2.0
import Files
import Glibc

/// A shell command in a process group of its own: what it starts can be killed with it.
///
/// Its standard output and error are one pipe, of which the last few kilobytes are kept; its
/// standard input is empty. It does not get our own secrets (`DAYBOOK_*`, `PGPASSWORD`).
final class ChildProcess {
  enum End: Equatable {
    case exited(Int32)
    case signalled(Int32)
    case timedOut
    case stopped
    /// Somebody else has taken its end, so that nobody knows what it was; with the errno.
    case lost(Int32)
  }

  let pid: pid_t
  private let output: Int32
  private var tail: [UInt8] = []

  private static let tailBytesMax = 4096
  private static let lineCharactersMax = 300
  private static let pollMilliseconds: Int32 = 50
  /// Between two looks at the clock: a command that writes without pause has no other end. Together
  /// with `tailBytesMax` they empty a full pipe.
  private static let drainReadsMax = 16
  /// From TERM to KILL.
  private static let graceSeconds = 5

  init(shell command: String) throws(FileError) {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw SystemCall.failure("make a pipe for", "/bin/sh") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    output = ends[0]
    _ = fcntl(output, F_SETFL, O_NONBLOCK)
    // Where the signal is ignored, as some supervisors leave it, the kernel forgets how a child
    // ended.
    signal(SIGCHLD, SIG_DFL)
    let (code, pid) = Self.spawn(command, output: ends[1])
    self.pid = pid
    guard code == 0 else { throw SystemCall.failure("start", "/bin/sh", code) }
  }

  deinit { close(output) }

  /// Waits for the end; at the deadline, and when `isStopped` says so, the whole group gets TERM,
  /// and then KILL.
  func wait(seconds: Int, isStopped: () -> Bool = { false }) -> End {
    if let end = ended(within: seconds, isStopped) { return end }
    let end: End = isStopped() ? .stopped : .timedOut
    kill(-pid, SIGTERM)
    if ended(within: Self.graceSeconds, { false }) == nil {
      kill(-pid, SIGKILL)
      var status: Int32 = 0
      _ = SystemCall.retried { unsafe waitpid(pid, &status, 0) }
    } else {
      // The shell has gone; what it has started may have ignored the signal.
      kill(-pid, SIGKILL)
    }
    return end
  }

  /// What it said last, printable and short; nil if it said nothing.
  var lastLine: String? {
    let text = String(decoding: tail, as: UTF8.self)
    guard let line = text.split(whereSeparator: \.isNewline).last else { return nil }
    let printable = line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
    return String(String(String.UnicodeScalarView(printable)).prefix(Self.lineCharactersMax))
  }

  private func ended(within seconds: Int, _ isStopped: () -> Bool) -> End? {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      var status: Int32 = 0
      let result = SystemCall.retried { unsafe waitpid(pid, &status, WNOHANG) }
      if result < 0 { return .lost(errno) }
      if result == pid {
        _ = drain()
        // Macros that Swift does not import: the low seven bits are the signal.
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
      }
      guard ContinuousClock.now < deadline, !isStopped() else { return nil }
      // After its end of file the pipe is always readable: only the clock paces the loop then.
      var request = pollfd(fd: drain() ? output : -1, events: Int16(POLLIN), revents: 0)
      unsafe poll(&request, 1, Self.pollMilliseconds)
    }
  }

  /// Reads what is there, or a part of it; false once all writers have gone.
  private func drain() -> Bool {
    var chunk = [UInt8](repeating: 0, count: Self.tailBytesMax)
    for _ in 0..<Self.drainReadsMax {
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe read(output, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return count < 0 }
      tail = (tail + chunk.prefix(count)).suffix(Self.tailBytesMax)
    }
    return true
  }

  private static func spawn(_ command: String, output: Int32) -> (code: Int32, pid: pid_t) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // What we ignore or block must not be ignored or blocked in there.
    var signals = sigset_t()
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    unsafe posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))
    let words: [String] = ["/bin/sh", "-c", command]
    let arguments = unsafe words.map { unsafe strdup($0) }
    let environment = unsafe Self.environment.map { unsafe strdup($0) }
    let owned = unsafe arguments + environment
    defer { for index in unsafe owned.indices { unsafe free(owned[index]) } }
    var pid: pid_t = 0
    let code = unsafe posix_spawn(
      &pid, "/bin/sh", &actions, &attributes, arguments + [nil], environment + [nil])
    return (code, pid)
  }

  private static var environment: [String] {
    var result: [String] = []
    var entry = unsafe environ
    while let text = unsafe entry.pointee.map({ unsafe String(cString: $0) }) {
      if !text.hasPrefix("DAYBOOK_") && !text.hasPrefix("PGPASSWORD=") { result.append(text) }
      unsafe entry += 1
    }
    return result
  }
}
