// SPDX-License-Identifier: Apache-2.0

/// What a group consumer needs; the properties that correctness depends on are not among them.
package struct ConsumerSettings: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  package var client: ClientSettings
  package var groupID: String

  package init(
    brokers: String, groupID: String, clientID: String = "daybook",
    overrides: [(String, String)] = []
  ) {
    client = ClientSettings(brokers: brokers, clientID: clientID, overrides: overrides)
    self.groupID = groupID
  }

  package var description: String { "\(client) group=\(groupID)" }
  package var debugDescription: String { description }
}
