// SPDX-License-Identifier: Apache-2.0
import Foundation
import Sysexits
import Testing
import daybook

/// A reason of blanks says nothing: it is refused before anybody is asked, and in a dry run too.
@Suite struct ReasonTests {
  private static let commands: [[String]] = [
    ["offsets", "resume", "--topic", "t", "--partition", "0"],
    ["offsets", "set", "--topic", "t", "--partition", "0", "--to", "5"],
    ["offsets", "forget", "--topic", "t", "--partition", "0"],
    ["policy", "set", "--table", "invocations", "--retention-months", "24"],
    ["partitions", "adopt", "--table", "invocations"],
    ["prices", "import", "no-such-file", "--format", "litellm"],
    ["hold", "add", "--tenant", "acme"],
    ["hold", "release", "1"],
  ]

  @Test(arguments: commands, [[], ["--dry-run"]])
  func blanksAreNoReason(command: [String], more: [String]) throws {
    // Nobody listens there.
    let nowhere = "host=127.0.0.1 port=1 user=nobody"
    let fault = try #require(throws: CommandError.self) {
      try Daybook.dispatch(
        command + ["--reason", " \t"] + more,
        ["DAYBOOK_DATABASE_URL": nowhere, "DAYBOOK_ADMIN_DATABASE_URL": nowhere],
        Output(descriptor: STDERR_FILENO))
    }
    #expect(fault == CommandError(.usage, "--reason is blank: say why"))
  }
}
