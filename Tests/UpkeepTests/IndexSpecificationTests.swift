// SPDX-License-Identifier: Apache-2.0
import Testing
import Upkeep

struct IndexSpecificationTests {
  @Test(arguments: [
    "gin (metadata jsonb_path_ops)", "brin (ingested_at)", "btree (actor_id, occurred_at)",
  ])
  func readsWhatItPrints(_ text: String) throws {
    #expect(try #require(IndexSpecification(text)).description == text)
  }

  @Test(arguments: [
    "", "btree", "btree ()", "btree (a", "btree (a;b)", "btree (a); DROP TABLE x", "rum (a)",
    "btree (\"a\")", "btree (a, )", "btree (a b c)", "btree (lower(a))", "btree (1a)",
  ])
  func refusesWhatIsNoIndex(_ text: String) {
    #expect(IndexSpecification(text) == nil)
  }
}
