// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation

/// A child process whose end, and whose freezing, is known as the kernel tells it.
///
/// For one thread. A child that still lives when the value goes away is killed.
final class Child {
  enum End: Equatable {
    case exit(Int32)
    case signal(Int32)
  }

  /// Which terminal controls it, if any.
  enum Terminal {
    case ofTheTest
    case none
    case at(String)
  }

  struct CannotStart: Error {
    let program: String
    let code: Int32
  }

  let pid: pid_t
  /// Standard output and standard error.
  let log: URL
  private(set) var end: End?
  private(set) var isFrozen = false

  init(
    _ program: URL, _ arguments: [String], environment: [String: String],
    terminal: Terminal = .ofTheTest, log: URL
  ) throws {
    self.log = log
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var input = "/dev/null"
    var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    switch terminal {
    case .ofTheTest: break
    case .none: flags |= Self.newSession
    // The first terminal that a new session opens controls it.
    case .at(let path): (input, flags) = (path, flags | Self.newSession)
    }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log.path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // The threads of a test block signals, which a server would inherit for good.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    // `nohup` and shells let what they start in the background ignore these.
    var ignored = none
    for signal in [SIGHUP, SIGINT, SIGQUIT] { sigaddset(&ignored, signal) }
    posix_spawnattr_setsigdefault(&attributes, &ignored)
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var pid: pid_t = 0
    let code = Self.withStrings([program.path] + arguments) { arguments in
      Self.withStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
        posix_spawn(&pid, program.path, &actions, &attributes, arguments, environment)
      }
    }
    guard code == 0 else { throw CannotStart(program: program.path, code: code) }
    self.pid = pid
  }

  deinit {
    guard end == nil else { return }
    kill(pid, SIGKILL)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
  }

  var isRunning: Bool {
    update()
    return end == nil
  }

  /// Does nothing once the end has been seen: the number may belong to somebody else then.
  func send(_ signal: Int32) {
    if isRunning { kill(pid, signal) }
  }

  /// How it ended; nil if it did not within the time.
  func wait(seconds: Int = 60) -> End? {
    _ = eventually(seconds: seconds) { !isRunning }
    return end
  }

  /// True once it stands still by SIGSTOP.
  func waitFrozen(seconds: Int = 60) -> Bool {
    eventually(seconds: seconds) { !isRunning || isFrozen } && isFrozen
  }

  var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// The end of its output, to explain a failure.
  var lastLines: String {
    output.split(separator: "\n").suffix(15).joined(separator: "\n")
  }

  /// POSIX_SPAWN_SETSID, which the headers keep from Swift.
  private static let newSession: Int32 = 0x80

  private func update() {
    var status: Int32 = 0
    while end == nil, waitpid(pid, &status, WNOHANG | WUNTRACED | WCONTINUED) == pid {
      // The macros of <sys/wait.h> are not imported.
      let low = status & 0x7f
      if status == 0xffff {
        isFrozen = false
      } else if status & 0xff == 0x7f {
        isFrozen = true
      } else if low == 0 {
        end = .exit((status >> 8) & 0xff)
      } else {
        end = .signal(low)
      }
    }
  }

  private static func withStrings<Value>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
  ) -> Value {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}

/// Watches that something stays true for so long.
func holds(seconds: Int, _ condition: () throws -> Bool) rethrows -> Bool {
  try !eventually(seconds: seconds) { try !condition() }
}
