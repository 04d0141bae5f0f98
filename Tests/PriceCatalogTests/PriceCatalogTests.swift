// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import PriceCatalog
import Testing

struct PriceCatalogTests {
  @Test func anEmptyCatalogueIsAtVersionZero() throws {
    try TestDatabase.with { database in
      var connection = try database.connect()
      #expect(try PriceCatalog(schema: "public").version(&connection) == 0)
    }
  }
}
