// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension CommandContext {
  /// Asks on the terminal, unless `--yes` was given; without a terminal that is needed.
  func confirm() throws(Fault) {
    guard !settings.isOn(Options.yes) else { return }
    guard isatty(STDIN_FILENO) == 1 else {
      throw Fault(.usage, "stdin is no terminal to ask on: give --yes (or --dry-run)")
    }
    say("type yes to go on:")
    guard readLine() == "yes" else { throw Fault(.usage, "not confirmed, nothing was changed") }
  }
}
