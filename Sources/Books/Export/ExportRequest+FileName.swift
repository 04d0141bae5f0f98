// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest

extension ExportRequest {
  /// Digits that tell tenants apart whose names differ only in what a file name cannot have.
  private static let tenantDigestDigits = 8

  /// `costs-focus-1.2-day-2026-07-2026-09-acme.csv`: other data have another name.
  package var fileName: String {
    var parts = ["costs", format.name, granularity.rawValue]
    if basis == .charge { parts.append(basis.rawValue) }
    if isRaw { parts.append("raw") }
    parts.append(first.description)
    if last != first { parts.append(last.description) }
    if let tenant { parts.append(Self.part(tenant)) }
    return parts.joined(separator: "-") + "." + format.fileSuffix
  }

  private static func part(_ tenant: String) -> String {
    let part = String(tenant.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    guard part != tenant else { return part }
    return part + "-" + SHA256.hex(of: Array(tenant.utf8)).prefix(tenantDigestDigits)
  }
}
