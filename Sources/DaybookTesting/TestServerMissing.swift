// SPDX-License-Identifier: Apache-2.0

/// The environment names no such server.
package struct TestServerMissing: Error, CustomStringConvertible {
  package var description: String {
    "no test server: run the tests by `ops/test`, or set DAYBOOK_TEST_ADMIN_URL,"
      + " DAYBOOK_TEST_POOLER_TRANSACTION_PORT and DAYBOOK_TEST_POOLER_SESSION_PORT"
  }
}
