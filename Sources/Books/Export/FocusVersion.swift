// SPDX-License-Identifier: Apache-2.0

/// Version of FOCUS whose names the columns have.
package enum FocusVersion: String, Sendable, CaseIterable {
  case v1_2 = "1.2"
  case v1_4 = "1.4"
}
