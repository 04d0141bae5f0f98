// SPDX-License-Identifier: Apache-2.0
import Sysexits

/// A page of the manual, made from the declarations.
struct ManualPage {
  /// `daybook-prices-import`.
  let name: String
  let section: Int
  let text: String

  var fileName: String { "\(name).\(section)" }

  /// Every page: the program's, the file's, and one for each command.
  static func all(_ commands: [CommandDeclaration]) -> [ManualPage] {
    [overview(commands), SettingsPage.page] + commands.map { page($0, of: commands) }
  }

  static func overview(_ commands: [CommandDeclaration]) -> ManualPage {
    var roff = Roff("daybook", section: 1)
    roff.name("daybook", "store security events and LLM invocations from Kafka in PostgreSQL")
    roff.synopsis("daybook", "COMMAND [OPTIONS]")
    roff.section("DESCRIPTION")
    roff.paragraph(
      "Stores security events and LLM invocations from Kafka in PostgreSQL, exactly once, and keeps "
        + "the costs per tenant, day and month. daybook help lists the commands, daybook help "
        + "COMMAND explains one.")
    roff.paragraph(
      "Settings come from flags, DAYBOOK_* variables, a file (--config FILE) and defaults, in this "
        + "order; see daybook.conf(5). Data goes to standard output, everything else to standard "
        + "error.")
    roff.section("COMMANDS")
    for command in commands {
      roff.item("daybook \(command.name)", command.summary + "; see " + command.pageName + "(1)")
    }
    roff.section("EXIT STATUS")
    for code in ExitCode.allCases { roff.item("\(code.rawValue)", code.meaning) }
    roff.section("FILES")
    roff.item("/etc/daybook/daybook.conf", "the settings of the services that a package installs")
    roff.section("SEE ALSO")
    roff.paragraph("daybook.conf(5)")
    return ManualPage(name: "daybook", section: 1, text: roff.text)
  }

  static func page(
    _ command: CommandDeclaration, of commands: [CommandDeclaration]
  ) -> ManualPage {
    var roff = Roff(command.pageName, section: 1)
    roff.name(command.pageName, command.summary)
    roff.synopsis(
      "daybook \(command.name)",
      command.operandNames.isEmpty ? "[OPTIONS]" : "[OPTIONS] " + command.operandNames)
    roff.section("DESCRIPTION")
    roff.explanation(command.details.isEmpty ? command.summary + "." : command.details)
    roff.section("OPTIONS")
    for option in command.flags { roff.option(option) }
    let secrets = command.options.filter { $0.sources == .secret }
    if !secrets.isEmpty {
      roff.section("ENVIRONMENT")
      roff.paragraph("Or the file; NAME_FILE names a file that holds the value.")
      for secret in secrets { roff.item(secret.environmentName, secret.sentence) }
    }
    roff.section("EXAMPLES")
    for example in command.examples {
      roff.paragraph(example.meaning + ":")
      roff.literal([example.line])
    }
    roff.section("SEE ALSO")
    let near = commands.filter { $0.path[0] == command.path[0] && $0.path != command.path }
    roff.paragraph(
      (["daybook(1)", "daybook.conf(5)"] + near.map { $0.pageName + "(1)" })
        .joined(separator: ", "))
    return ManualPage(name: command.pageName, section: 1, text: roff.text)
  }
}

extension CommandDeclaration {
  var pageName: String { (["daybook"] + path).joined(separator: "-") }
}

extension Roff {
  mutating func option(_ option: OptionDeclaration) {
    let names = [option.short.map { "-\($0)" }, option.flag].compactMap { $0 }
    item(names.joined(separator: ", "), argument: option.valueName, option.explanation)
  }
}
