// SPDX-License-Identifier: Apache-2.0
import Upkeep

/// The options of `daybook maintain`.
enum MaintainOptions {
  static let loop = OptionDeclaration(
    "loop", kind: .toggle, sources: .flag,
    "stay, and run the jobs every --interval; stand by while another process leads")
  static let interval = OptionDeclaration(
    "interval", "N", kind: .integer(1...86_400), default: "3600", unit: "seconds", sources: .flag,
    "from the end of a run to the begin of the next one")
  static let job = OptionDeclaration(
    "job", "NAME", kind: .choice(MaintenanceJob.allCases.map(\.rawValue)), repeatable: true,
    sources: .flag, "only this job; the default is every job")
  static let deadline = OptionDeclaration(
    "deadline", "N", kind: .integer(1...86_400), unit: "seconds", sources: .flag,
    "each job ends after so long, and the next run goes on; for maintenance windows")
  static let table = OptionDeclaration(
    "table", "TABLE", kind: .text, sources: .flag, "only this partitioned table")
  static let direct = [Options.databaseURL, Options.adminDatabaseURL, Options.schema]
}
