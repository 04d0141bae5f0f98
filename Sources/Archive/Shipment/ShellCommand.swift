// SPDX-License-Identifier: Apache-2.0
import Files
import Glibc

/// A shell command of the configuration, with `%p`, `%f` and `%%`, in PostgreSQL's own manner.
struct ShellCommand: Sendable {
  private let setting: String
  private let text: String
  private let timeoutSeconds: Int
  private let isPrivate: Bool

  /// `isPrivate`: only we may read the files that it makes, unless it says otherwise itself.
  init(
    _ setting: String, _ text: String, timeoutSeconds: Int, isPrivate: Bool = false
  ) throws(FileError) {
    self.setting = setting
    self.text = text
    self.timeoutSeconds = timeoutSeconds
    self.isPrivate = isPrivate
    guard !text.isEmpty, Self.filled(text, path: "", name: "") != nil else {
      throw FileError(
        .unsupported,
        "\(setting) is empty or has a % that is not followed by p, f or %: write %% for a percent"
          + " sign")
    }
  }

  /// Runs it and returns when it has ended with 0; throws when it ends otherwise, or not in time.
  func run(
    path: String, name: String, isStopped: () -> Bool = { false }
  ) throws(FileError) {
    guard let command = Self.filled(text, path: path, name: name) else { return }
    let child = try ChildProcess(shell: isPrivate ? Self.privately + command : command)
    let end = child.wait(seconds: timeoutSeconds, isStopped: isStopped)
    let words = child.lastLine.map { ": \($0)" } ?? " and wrote nothing to its standard error"
    switch end {
    case .exited(0): return
    case .exited(let code):
      throw FileError(
        .shipment, "\(setting) failed for \(name) with exit code \(code)\(words)")
    case .signalled(let number):
      throw FileError(
        .shipment, "\(setting) was ended by signal \(number) for \(name)\(words)")
    case .timedOut:
      throw FileError(
        .shipment,
        "\(setting) has not ended for \(name) within \(timeoutSeconds) s and was killed\(words);"
          + " raise archive_timeout if it needs longer")
    case .stopped:
      throw FileError(
        .shipment, "\(setting) was ended for \(name), because a stop was requested: try again")
    case .lost(let code):
      throw FileError(
        .shipment,
        unsafe "nobody knows how \(setting) ended for \(name) (\(String(cString: strerror(code)))):"
          + " something else in this process waits for its children; try again")
    }
  }

  private static let privately = "umask 077; "

  /// Nil when there is a placeholder that does not exist.
  static func filled(_ text: String, path: String, name: String) -> String? {
    var result = ""
    var rest = text[...]
    while let percent = rest.firstIndex(of: "%") {
      result += rest[..<percent]
      let next = rest.index(after: percent)
      guard next < rest.endIndex else { return nil }
      switch rest[next] {
      case "p": result += path
      case "f": result += name
      case "%": result += "%"
      default: return nil
      }
      rest = rest[rest.index(after: next)...]
    }
    return result + rest
  }
}
