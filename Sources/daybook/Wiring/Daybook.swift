// SPDX-License-Identifier: Apache-2.0
import Glibc
package import Sysexits
import Telemetry

/// The program: arguments in, exit code out.
@main
package enum Daybook {
  package static let version = "0.1.0"
  /// Its day in CHANGELOG.md, which man pages carry.
  package static let versionDay = "2026-11-21"

  static func main() {
    // A reader that goes away (`daybook costs | head`) is an error of write, not a signal.
    signal(SIGPIPE, SIG_IGN)
    let environment = environment()
    for name in ServiceManager.variables { unsafe unsetenv(name) }
    let code = run(
      Array(CommandLine.arguments.dropFirst()), environment: environment, output: .standard)
    Log.flush()
    // Threads may have been left behind in a library: its clean-up at exit must not meet them.
    fflush(nil)
    _exit(code.rawValue)
  }

  /// Runs one command; a fault becomes one line on stderr and its exit code.
  package static func run(
    _ arguments: [String], environment: [String: String], output: Output
  ) -> ExitCode {
    do throws(CommandError) {
      return try dispatch(arguments, environment, output)
    } catch {
      Output.standardError("daybook: \(Redaction.redact(error.message))\n")
      return error.exitCode
    }
  }

  /// The same, with the fault itself.
  package static func dispatch(
    _ arguments: [String], _ environment: [String: String], _ output: Output
  ) throws(CommandError) -> ExitCode {
    switch arguments.first {
    case nil:
      throw CommandError(.usage, "give a command: see daybook help")
    case "--version", "-V", "version":
      try output.line("daybook \(version)")
      return .success
    case "--help", "-h", "help":
      try output.write(help(for: Array(arguments.dropFirst())))
      return .success
    default:
      break
    }
    let parsed = try ArgumentParser(commands: Commands.all).parse(arguments)
    if parsed.asksForHelp {
      try output.write(HelpText.page(parsed.command))
      return .success
    }
    var faults: [SettingFault] = []
    let settings = try Settings(parsed, environment: environment, readFile: FileBytes.read) {
      (fault) throws(CommandError) in
      guard parsed.command.listsFaults else { throw fault.error }
      faults.append(fault)
    }
    configureLog(settings)
    return try parsed.command.run(
      CommandContext(
        settings: settings, operands: parsed.operands, output: output,
        serviceManager: ServiceManager(environment: environment, processID: getpid()),
        reread: { () throws(CommandError) in
          try Settings(parsed, environment: environment, readFile: FileBytes.read)
        }, faults: faults))
  }

  private static func help(for path: [String]) throws(CommandError) -> String {
    guard !path.isEmpty else { return HelpText.overview(Commands.all) }
    let matching = Commands.all.filter { $0.path.starts(with: path) }
    guard !matching.isEmpty else {
      let name = path.joined(separator: " ")
      let hint = Suggestion.hint(for: name, among: Commands.all.map(\.name))
      throw CommandError(.usage, "unknown command \(name)\(hint): see daybook help")
    }
    return matching.map(HelpText.page).joined(separator: "\n")
  }

  static func configureLog(_ settings: Settings) {
    let level = settings.text(Options.logLevel).flatMap(LogLevel.init) ?? .info
    let isTerminal = isatty(STDERR_FILENO) == 1
    let format = settings.text(Options.logFormat).flatMap(LogFormat.init)
    Log.configure(level: level, format: format ?? (isTerminal ? .text : .json))
  }

  private static func environment() -> [String: String] {
    var result: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let parts = unsafe String(cString: text).split(separator: "=", maxSplits: 1)
      if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
      unsafe entry += 1
    }
    return result
  }
}
