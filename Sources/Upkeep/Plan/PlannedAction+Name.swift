// SPDX-License-Identifier: Apache-2.0

extension PlannedAction.Kind {
  /// One word for tables, JSON and the log.
  package var name: String {
    switch self {
    case .create: "create"
    case .finalize: "finalize"
    case .detachDefault: "detach_default"
    case .detach: "detach"
    case .advance(let state): Self.name(of: state)
    case .keep: "keep"
    case .freeze: "freeze"
    case .dropInvalidIndex: "drop_invalid_index"
    case .createIndex: "create_index"
    }
  }

  private static func name(of state: Retirement.State) -> String {
    switch state {
    case .detaching, .detached: "detach"
    case .revoked: "revoke"
    case .archived: "archive"
    case .verified: "verify"
    case .shipped: "ship"
    case .dropped: "drop"
    }
  }
}
