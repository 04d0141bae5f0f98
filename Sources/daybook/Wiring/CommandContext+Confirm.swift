// SPDX-License-Identifier: Apache-2.0
import Glibc
import Sysexits

extension CommandContext {
  /// Asks on the terminal, unless `--yes` was given; without a terminal that is needed.
  func confirm() throws(CommandError) {
    guard !settings.isOn(Options.yes) else { return }
    guard isatty(STDIN_FILENO) == 1 else {
      throw CommandError(.usage, "stdin is no terminal to ask on: give --yes (or --dry-run)")
    }
    say("type yes to go on:")
    guard readLine() == "yes" else {
      throw CommandError(.usage, "not confirmed, nothing was changed")
    }
  }
}
