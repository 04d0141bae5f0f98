// SPDX-License-Identifier: Apache-2.0
import Doctor

/// What `daybook doctor` prints.
enum DoctorReport {
  static func text(_ diagnosis: Diagnosis) -> String {
    var text = ""
    for finding in ordered(diagnosis) {
      text += """
        \(finding.gravity.rawValue): \(finding.what) [\(finding.check)]
          why: \(finding.why)
          do:  \(finding.remedy)

        """
    }
    for (subject, why) in diagnosis.skipped { text += "not looked at: \(subject), \(why)\n" }
    return text + verdict(diagnosis) + "\n"
  }

  static func json(_ diagnosis: Diagnosis) -> JSONValue {
    .object([
      "ok": .boolean(diagnosis.findings.isEmpty),
      "checks": .integer(diagnosis.checkCount),
      "accepted": .integer(diagnosis.acceptedCount),
      "findings": .array(
        ordered(diagnosis).map {
          .object([
            "check": .string($0.check), "gravity": .string($0.gravity.rawValue),
            "what": .string($0.what), "why": .string($0.why), "remedy": .string($0.remedy),
          ])
        }),
      "not_looked_at": .array(
        diagnosis.skipped.map { .object(["subject": .string($0.subject), "why": .string($0.why)]) }),
    ])
  }

  /// Problems first.
  private static func ordered(_ diagnosis: Diagnosis) -> [Finding] {
    diagnosis.findings.filter { $0.gravity == .problem }
      + diagnosis.findings.filter { $0.gravity == .warning }
  }

  private static func verdict(_ diagnosis: Diagnosis) -> String {
    let problems = diagnosis.findings.count { $0.gravity == .problem }
    let warnings = diagnosis.findings.count - problems
    let accepted = diagnosis.acceptedCount == 0 ? "" : ", \(diagnosis.acceptedCount) accepted"
    return "\(diagnosis.checkCount) checks: \(problems) problems, \(warnings) warnings\(accepted)"
  }
}
