// SPDX-License-Identifier: Apache-2.0
import Files
import Glibc
import Sysexits

/// `daybook man`: the manual.
enum ManCommand {
  private static let into = OptionDeclaration(
    "into", "DIR", kind: .text, sources: .flag,
    "write every page into this existing directory instead, under its own name")

  static let declaration = CommandDeclaration(
    ["man"], "print a page of the manual as roff", operands: "[COMMAND…]", count: 0...3,
    options: [into],
    details: "Without COMMAND daybook(1); daybook.conf stands for the page of the settings.",
    examples: [
      ("daybook man prices import | man -l -", "read daybook-prices-import(1)"),
      ("daybook man daybook.conf | man -l -", "read about the settings"),
      ("daybook man --into man", "daybook.1, daybook.conf.5, daybook-ingest.1, …"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    if let directory = context.settings.text(into) {
      for page in ManualPage.all(Commands.all) { try write(page, into: directory) }
    } else {
      try context.output.write(try page(of: context.operands).text)
    }
    return .success
  }

  private static func page(of path: [String]) throws(CommandError) -> ManualPage {
    if path.isEmpty { return ManualPage.overview(Commands.all) }
    if path == [SettingsPage.page.name] { return SettingsPage.page }
    if let command = Commands.all.first(where: { $0.path == path }) {
      return ManualPage.page(command, of: Commands.all)
    }
    let name = path.joined(separator: " ")
    let longer = Commands.all.filter { $0.path.starts(with: path) }.map(\.name)
    guard longer.isEmpty else {
      throw CommandError(
        .usage, "\(name) has several pages: give one of " + longer.joined(separator: ", "))
    }
    let hint = Suggestion.hint(for: name, among: Commands.all.map(\.name))
    throw CommandError(.usage, "unknown command \(name)\(hint): see daybook help")
  }

  private static func write(_ page: ManualPage, into directory: String) throws(CommandError) {
    let path = directory + "/" + page.fileName
    let descriptor = SystemCall.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode: 0o644)
    guard descriptor >= 0 else { throw CommandError(SystemCall.failure("create", path)) }
    defer { close(descriptor) }
    try Output(descriptor: descriptor).write(page.text)
  }
}
