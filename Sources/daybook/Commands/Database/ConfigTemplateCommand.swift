// SPDX-License-Identifier: Apache-2.0
import Sysexits

/// `daybook config template`: a file to begin with.
enum ConfigTemplateCommand {
  static let declaration = CommandDeclaration(
    ["config", "template"], "print a configuration file with every setting as a comment",
    options: [], details: "In force is what you take the # away from.",
    examples: [("daybook config template > daybook.conf", "to begin with")], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    try context.output.write(text)
    return .success
  }

  private static var text: String {
    let settings = Options.settings.filter { $0.name != Options.config.name }
    return comment(
      "Settings of daybook; daybook.conf(5) explains them. daybook config check says what is wrong "
        + "here, daybook config show what is in force.")
      + settings.map(entry).joined()
      + "\n" + comment("Any property of librdkafka; for TLS and a login:") + kafka
  }

  private static let kafka = """
    #kafka.security.protocol = SASL_SSL
    #kafka.ssl.ca.location = /etc/ssl/certs/ca-certificates.crt
    #kafka.sasl.mechanisms = PLAIN
    #kafka.sasl.username = daybook
    #kafka.sasl.password_file = /etc/daybook/kafka_sasl_password

    """

  private static func entry(_ option: OptionDeclaration) -> String {
    let isSecret = option.sources == .secret
    let key = option.fileKey + (isSecret ? OptionDeclaration.secretFileSuffix : "")
    let secret = isSecret ? "; what is secret stands in a file of its own" : ""
    let given = option.defaultValue ?? (option.kind == .toggle ? "true" : option.valueName)
    let value = isSecret ? "/etc/daybook/\(option.fileKey)" : given
    return "\n" + comment(option.explanation + secret) + "#\(key) = \(value)\n"
  }

  /// `# ` is two columns.
  private static func comment(_ sentence: String) -> String {
    let lines = HelpText.filled(sentence, from: 0, width: HelpText.widthMax - 2)
    return lines.split(separator: "\n").map { "# \($0)\n" }.joined()
  }
}
