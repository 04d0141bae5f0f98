// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// Which refused records to list; nil means any.
package struct RejectFilter: Sendable, Equatable {
  package var topic: String?
  package var reason: String?
  package var since: Timestamp?
  /// The newest so many.
  package var limit: Int

  package init(topic: String? = nil, reason: String? = nil, since: Timestamp? = nil, limit: Int) {
    self.topic = topic
    self.reason = reason
    self.since = since
    self.limit = limit
  }
}
