// SPDX-License-Identifier: Apache-2.0

/// How the records of a topic become records of a stream.
package struct Profile: Sendable, Hashable {
  package let name: String
}
