// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// One thing to do, why, and the statements that do it.
package struct PlannedAction: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case create(Month)
    /// Ends an interrupted `DETACH … CONCURRENTLY`.
    case finalize
    /// A default partition that is empty leaves the set.
    case detachDefault
    /// Begins a retirement: `DETACH … CONCURRENTLY`.
    case detach
    /// The next step of a retirement that has begun, from its state to the next one.
    case advance(Retirement.State)
    /// Expired, but under legal hold: nothing happens to it.
    case keep
    case freeze
    case dropInvalidIndex(String)
    case createIndex(IndexSpecification)
  }

  /// The jobs of the schedule: a failure of one never holds up another.
  package enum Job: String, Sendable, CaseIterable {
    case create, retain, close
  }

  package let kind: Kind
  package let table: String
  /// The partition; for `create` the name that it will get.
  package let partition: String
  /// Why, as one sentence without a full stop.
  package let reason: String
  /// Exactly what is sent, in order; empty for steps that only touch files, and for `keep`.
  package let statements: [String]

  package init(
    _ kind: Kind, table: String, partition: String, reason: String, statements: [String] = []
  ) {
    self.kind = kind
    self.table = table
    self.partition = partition
    self.reason = reason
    self.statements = statements
  }

  /// The kind in one word, as the journal has it.
  package var name: String {
    switch kind {
    case .create: "create"
    case .finalize: "finalize"
    case .detachDefault: "drop_default"
    case .detach, .advance(.detaching), .advance(.detached): "detach"
    case .advance(.revoked): "revoke"
    case .advance(.archived): "archive"
    case .advance(.verified): "verify"
    case .advance(.shipped): "ship"
    case .advance(.dropped): "drop"
    case .keep: "keep"
    case .freeze: "freeze"
    case .dropInvalidIndex: "drop_index"
    case .createIndex: "index"
    }
  }

  package var job: Job {
    switch kind {
    case .create: .create
    case .finalize, .detachDefault, .detach, .advance, .keep: .retain
    case .freeze, .dropInvalidIndex, .createIndex: .close
    }
  }
}
