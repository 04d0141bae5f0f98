// SPDX-License-Identifier: Apache-2.0

/// What the keys of a topic's records say.
package enum KeyMeaning: String, BitwiseCopyable, CaseIterable, Sendable {
  /// The tenant, as the body says it: another one refuses the record, but it is never taken for it.
  case compare
  /// The tenant, also of a record whose body does not say it.
  case tenant
  /// Something else.
  case ignore
}
