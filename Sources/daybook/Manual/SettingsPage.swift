// SPDX-License-Identifier: Apache-2.0

/// daybook.conf(5).
enum SettingsPage {
  static let page: ManualPage = {
    var roff = Roff("daybook.conf", section: 5)
    roff.name("daybook.conf", "settings of daybook")
    roff.synopsis("/etc/daybook/daybook.conf", "")
    roff.section("DESCRIPTION")
    roff.paragraph(
      "A file for --config or DAYBOOK_CONFIG. Each line is key = value; a line that begins with # or "
        + "; is a comment, and no comment follows a value. No line begins with a blank, and none is "
        + "longer than \(ConfigFile.lineBytesMax) bytes. A key that is not known or has no value is "
        + "an error. daybook config template prints a file to begin with, daybook config check says "
        + "what is wrong with one, daybook config show prints what is in force and why.")
    roff.paragraph(
      "Flags win over the environment, that over the file, that over the defaults. The variable of a "
        + "setting is DAYBOOK_ and its key in capitals; its flag has - for _. An empty variable is "
        + "none. What may be repeated is repeated in the file, and separated by commas in the "
        + "variable.")
    roff.paragraph(
      "Secrets are never flags, because other users can see arguments. KEY_file = PATH takes one "
        + "from a file of its own, as the variable DAYBOOK_KEY_FILE does.")
    roff.section("SETTINGS")
    for option in Options.settings {
      let secret = option.sources == .secret ? " A secret: no flag." : ""
      roff.item(option.fileKey, argument: option.valueName, option.explanation + "." + secret)
    }
    roff.section("KAFKA")
    roff.item(
      "kafka.NAME", argument: "VALUE",
      "Any property of librdkafka, but those that would break the protocol. kafka.NAME_file = PATH "
        + "for a secret; lines behind [kafka] need no kafka. in front.")
    roff.section("EXAMPLES")
    roff.literal([
      "kafka_brokers = kafka-1.example:9093,kafka-2.example:9093", "workers = 2",
      "database_url_file = /run/secrets/daybook-database-url", "kafka.security.protocol = SASL_SSL",
      "kafka.sasl.mechanisms = PLAIN", "kafka.sasl.username = daybook",
      "kafka.sasl.password_file = /run/secrets/daybook-kafka-password",
    ])
    roff.section("SEE ALSO")
    roff.paragraph("daybook(1), daybook-config-check(1), daybook-config-show(1)")
    return ManualPage(name: "daybook.conf", section: 5, text: roff.text)
  }()
}
