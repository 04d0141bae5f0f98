// SPDX-License-Identifier: Apache-2.0

/// Security events of an application, with how often each happens.
struct AuditAction {
  let action: [UInt8]
  let category: [UInt8]
  let targetType: [UInt8]
  let severity: [UInt8]
  /// Share of attempts that fail.
  let failureFraction: Double
  let weight: Int

  private init(
    _ action: String, _ category: String, _ target: String, _ severity: String, _ failure: Double,
    _ weight: Int
  ) {
    self.action = Array(action.utf8)
    self.category = Array(category.utf8)
    targetType = Array(target.utf8)
    self.severity = Array(severity.utf8)
    failureFraction = failure
    self.weight = weight
  }

  static let all: [AuditAction] = [
    AuditAction("user.login", "authentication", "user", "informational", 0.08, 34),
    AuditAction("user.logout", "authentication", "user", "informational", 0, 18),
    AuditAction("user.mfa_challenged", "authentication", "user", "informational", 0.05, 9),
    AuditAction("user.password_changed", "iam", "user", "medium", 0.02, 3),
    AuditAction("role.assigned", "iam", "role", "high", 0.01, 2),
    AuditAction("api_key.created", "iam", "api_key", "medium", 0.01, 3),
    AuditAction("api_key.revoked", "iam", "api_key", "medium", 0, 2),
    AuditAction("document.viewed", "file", "document", "informational", 0.01, 18),
    AuditAction("invoice.exported", "file", "invoice", "low", 0.02, 5),
    AuditAction("settings.updated", "configuration", "workspace", "medium", 0.03, 4),
    AuditAction("policy.violation_blocked", "intrusion_detection", "prompt", "high", 1, 2),
  ]
}
