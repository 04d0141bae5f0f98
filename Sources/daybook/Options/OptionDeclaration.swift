// SPDX-License-Identifier: Apache-2.0

/// One option, declared once: the parser, `--help`, the environment, the configuration file and
/// `config show` read it.
package struct OptionDeclaration: Sendable {
  /// Where a value may come from.
  package enum Sources: Sendable {
    /// Flag, environment and file.
    case settings
    /// Only a flag: it belongs to this one call (`--dry-run`).
    case flag
    /// Environment and file, never a flag: `ps` shows arguments to everyone.
    case secret
  }

  /// `batch-rows`: the flag is `--batch-rows`, the file's key `batch_rows`, the variable
  /// `DAYBOOK_BATCH_ROWS`.
  package let name: String
  package let short: Character?
  /// What `--help` calls the value; empty for a toggle.
  package let valueName: String
  package let kind: ValueKind
  package let defaultValue: String?
  package let unit: String?
  /// One sentence for `--help`, lower case, without full stop.
  package let sentence: String
  package let isRepeatable: Bool
  package let sources: Sources

  package init(
    _ name: String, short: Character? = nil, _ valueName: String = "", kind: ValueKind,
    default defaultValue: String? = nil, unit: String? = nil, repeatable: Bool = false,
    sources: Sources = .settings, _ sentence: String
  ) {
    self.name = name
    self.short = short
    self.valueName = valueName
    self.kind = kind
    self.defaultValue = defaultValue
    self.unit = unit
    self.isRepeatable = repeatable
    self.sources = sources
    self.sentence = sentence
  }

  /// The sentence with unit and default.
  var explanation: String {
    sentence + (unit.map { ", in \($0)" } ?? "") + (isRepeatable ? "; may be repeated" : "")
      + (defaultValue.map { " (default \($0))" } ?? "")
  }

  package var flag: String { "--" + name }
  package var fileKey: String { name.replacing("-", with: "_") }
  package var environmentName: String { "DAYBOOK_" + fileKey.uppercased() }

  /// What goes beside a secret to name a file that holds it (Kubernetes and systemd mount secrets
  /// as files).
  package static let secretFileSuffix = "_file"
}
