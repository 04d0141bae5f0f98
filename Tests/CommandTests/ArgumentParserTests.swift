// SPDX-License-Identifier: Apache-2.0
import Sysexits
import Testing
import daybook

@Suite struct ArgumentParserTests {
  private let parser = ArgumentParser(commands: Commands.all)

  @Test(
    arguments: [
      (["costs", "--month", "2026-08", "--format", "csv"], "costs", [:]),
      (["costs", "--month=2026-08"], "costs", [:]),
      (["ingest", "--topic", "a=invocations", "--topic", "b=audit_logs"], "ingest", ["topic": 2]),
      (
        ["ingest", "-X", "security.protocol=SSL", "-Xclient.rack=a"], "ingest",
        ["kafka-property": 2]
      ),
      (["validate", "--table", "invocations", "-"], "validate", ["table": 1]),
      (["offsets", "list", "--json"], "offsets list", ["json": 1]),
    ] as [([String], String, [String: Int])])
  func goodLinesAreUnderstood(
    arguments: [String], command: String, counts: [String: Int]
  ) throws {
    let parsed = try parser.parse(arguments)
    #expect(parsed.command.name == command)
    for (name, count) in counts { #expect(parsed.values[name]?.count == count) }
  }

  @Test(
    arguments: [
      (["cots"], "unknown command cots (did you mean costs?): see daybook help"),
      (["offsets"], "offsets needs a second word: give one of list, resume, set, forget"),
      (
        ["offsets", "lst"],
        "unknown command offsets lst (did you mean list?): give one of list, resume, set, forget"
      ),
      (
        ["costs", "--mnth", "2026-08"],
        "unknown option --mnth (did you mean --month?): see daybook costs --help"
      ),
      (["costs", "--month"], "--month needs a value: --month YYYY-MM"),
      (
        ["costs", "--month", "2026-13"],
        "--month 2026-13: give a month as YYYY-MM, last-month or this-month"
      ),
      (["costs", "--json=yes"], "--json takes no value"),
      (
        ["costs", "--month", "2026-08", "--month", "2026-09"],
        "--month is given twice: give it once"
      ),
      (
        ["costs", "--by", "day,day"],
        "--by day,day: give some of day,project,provider,model,zone,class, each once"
      ),
      (["costs", "extra"], "unexpected argument extra: usage: daybook costs "),
      (
        ["validate", "--table", "invocations"],
        "an argument is missing: usage: daybook validate FILE|-…"
      ),
      (["ingest", "--workers", "0"], "--workers 0: give an integer from 1 to 64"),
      (["ingest", "-Z"], "unknown option -Z: see daybook ingest --help"),
      (
        ["ingest", "--metrics-listen", "here"],
        "--metrics-listen here: give ADDR:PORT with a numeric address"
      ),
      (
        ["status", "--database-url", "x"],
        "--database-url is a secret and no flag, because other users can see arguments: set "
          + "DAYBOOK_DATABASE_URL, DAYBOOK_DATABASE_URL_FILE or database_url in the file"
      ),
    ] as [([String], String)])
  func badLinesSayWhatToType(arguments: [String], message: String) throws {
    let fault = try #require(throws: CommandError.self) { try parser.parse(arguments) }
    #expect(fault.message == message)
    #expect(fault.exitCode == .usage)
  }

  @Test func everythingAfterTwoDashesIsAnOperand() throws {
    let parsed = try parser.parse(["validate", "--table", "invocations", "--", "--odd-name"])
    #expect(parsed.operands == ["--odd-name"])
  }

  @Test func helpNeedsNoOperands() throws {
    #expect(try parser.parse(["validate", "-h"]).asksForHelp)
  }

  @Test(arguments: [("costs", "costs"), ("cost", "costs"), ("mgirate", "migrate"), ("zzzz", nil)])
  func suggestionsAreNear(given: String, expected: String?) {
    #expect(Suggestion.nearest(to: given, among: ["costs", "migrate", "status"]) == expected)
  }

  @Test(arguments: Commands.all.map(\.name))
  func everyCommandExplainsItself(name: String) throws {
    let command = try #require(Commands.all.first { $0.name == name })
    let page = HelpText.page(command)
    #expect(!command.examples.isEmpty)
    for option in command.options {
      let place = option.sources == .secret ? option.environmentName : option.flag
      #expect(page.contains(place))
    }
    #expect(page.split(separator: "\n").allSatisfy { $0.count <= 100 })
    #expect(Set(command.allOptions.map(\.name)).count == command.allOptions.count)
  }
}
