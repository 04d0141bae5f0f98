// SPDX-License-Identifier: Apache-2.0
import Books
import Foundation
import Pricing
import Sysexits
import Testing

/// Calls that name their model or their tier otherwise than the catalogue: what prices them at
/// ingest prices them again, and the database takes it.
struct RepriceNameTests {
  private static let provider = "azure.ai.openai"

  /// A call of 100 tokens in and 10 out, without a cost.
  private static func call(
    _ model: String, tier: String = "standard", tenant: String = "globex", in scene: FinanceScene
  ) -> String {
    """
    INSERT INTO invocations (invocation_id, occurred_at, tenant_id, provider, operation, request_model,
      input_tokens, output_tokens, service_tier, cost_source, status, content_sha256, ingested_at,
      source_topic, source_partition, source_offset)
    VALUES (gen_random_uuid(), '\(scene.second)-10T00:00:00Z', '\(tenant)', '\(provider)', 'chat',
      '\(model)', 100, 10, '\(tier)', 'none', 'success', '\\x00', now(), 'calls', 0, 9000)
    """
  }

  private static func price(_ model: String, _ input: String, tier: String = "standard") -> String {
    """
    {"provider": "\(provider)", "model": "\(model)", "service_tier": "\(tier)", "min_input_tokens": 0,
     "currency": "USD", "input_price": "\(input)", "output_price": "0", "effective_from": "2020-01-01"}
    """
  }

  private static func alias(_ pattern: String, _ model: String) -> String {
    #"{"provider": "\#(provider)", "pattern": "\#(pattern)", "target_model": "\#(model)"}"#
  }

  private static func enter(
    _ prices: [String], _ aliases: [String] = [], in scene: FinanceScene
  ) throws {
    try scene.run(
      """
      SELECT daybook_change_prices((SELECT max(version) FROM price_versions), 'test', 'manual', NULL, '{}',
        '[\(prices.joined(separator: ","))]', '[\(aliases.joined(separator: ","))]')
      """)
  }

  /// `model tier cost` of each call of the provider.
  private static func costs(_ scene: FinanceScene) throws -> String? {
    try scene.run(
      """
      SELECT string_agg(concat_ws(' ', request_model, service_tier, trim_scale(cost)), ', '
        ORDER BY request_model COLLATE "C", service_tier COLLATE "C") FROM invocation_costs WHERE provider = '\(provider)'
      """)
  }

  @Test func everySpellingOfATierIsPricedAgain() throws {
    try FinanceScene.with { scene in
      try Self.enter(
        [
          Self.price("gpt", "0.01"), Self.price("gpt", "0.02", tier: "batch"),
          Self.price("gpt", "0.03", tier: "priority"), Self.price("gpt", "0.04", tier: "turbo"),
          Self.price("quick", "0.01"), Self.price("quick", "0.03", tier: "priority"),
          Self.price("quick", "0.05", tier: "fast"),
        ], in: scene)
      let tiers = [
        "BATCHES", "Batch", "Default", "FAST", "on_demand", "ON_DEMAND_PRIORITY", "Turbo", "flex",
      ]
      for tier in tiers { try scene.run(Self.call("gpt", tier: tier, in: scene)) }
      for tier in ["fast", "priority"] { try scene.run(Self.call("quick", tier: tier, in: scene)) }
      try scene.rebuild()
      let report = try RepriceTests.reprice(scene)
      #expect(report.rowsAdjusted == Int64(tiers.count) + 2 && report.refused == [])
      #expect(
        try Self.costs(scene) == "gpt BATCHES 2, gpt Batch 2, gpt Default 1, gpt FAST 3, "
          + "gpt ON_DEMAND_PRIORITY 3, gpt Turbo 4, gpt flex 1, gpt on_demand 1, "
          + "quick fast 5, quick priority 3")
      #expect(try scene.run(RepriceTests.difference) == "0")
    }
  }

  /// Two tables of one thing: Pricing's, which prices, and the one of the function that checks.
  @Test func theDatabaseKnowsTheSpellingsOfPricing() throws {
    try FinanceScene.with { scene in
      let text = try #require(
        try scene.run(
          """
          SELECT (regexp_match(prosrc, '''(\\{[^}]*\\})''::jsonb AS spellings'))[1] FROM pg_proc
           WHERE proname = 'daybook_price_fault'
          """))
      let known = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
      #expect(known == ServiceTier.otherSpellings)
    }
  }

  @Test func anAliasBehindAProviderOrOfAFineTunedModelIsPricedAgain() throws {
    try FinanceScene.with { scene in
      try Self.enter(
        [Self.price("model-a", "0.01"), Self.price("model-b", "0.02")],
        [
          Self.alias("house-gpt", "model-a"), Self.alias("ft:house-ft", "model-b"),
          Self.alias("fast_*-100%", "model-b"),
        ], in: scene)
      let models = [
        "azure/fast_9-100%", "azure/ft:house-ft:org::x1", "azure/house-gpt", "ft:house-ft:org::x1",
        "house-gpt",
      ]
      for model in models { try scene.run(Self.call(model, in: scene)) }
      try scene.rebuild()
      let report = try RepriceTests.reprice(scene)
      #expect(report.rowsAdjusted == Int64(models.count) && report.refused == [])
      #expect(
        try Self.costs(scene)
          == zip(models, ["2", "2", "1", "2", "1"])
          .map { "\($0) standard \($1)" }.joined(separator: ", "))
      // Names that only look like those of an alias.
      for name in ["house-gpt-2", "azure/fastx9-100%", "ft:house-ft2:org::x1", "x/house-gpt/y"] {
        for model in ["model-a", "model-b"] {
          let fault = try scene.run(
            """
            SELECT daybook_price_fault(price_id, version, now(), ARRAY['\(name)'], 'standard', 0, 0, 0, 0, 0)
              FROM model_prices WHERE model = '\(model)'
            """)
          #expect(fault == "is of another model", "\(name)")
        }
      }
    }
  }

  @Test func aModelBehindAPathIsPricedAgain() throws {
    try FinanceScene.with { scene in
      try Self.enter([Self.price("gemini-x", "0.01"), Self.price("meta/llama", "0.02")], in: scene)
      let models = [
        "arn:aws:bedrock:us-east-1::foundation-model/gemini-x", "models/gemini-x",
        "projects/p/locations/l/endpoints/123", "publishers/google/models/gemini-x",
        "publishers/meta/models/llama",
      ]
      for model in models { try scene.run(Self.call(model, in: scene)) }
      try scene.rebuild()
      let report = try RepriceTests.reprice(scene)
      #expect(report.rowsAdjusted == Int64(models.count) - 1 && report.refused == [])
      #expect(
        try Self.costs(scene)
          == zip(models, [" 1", " 1", "", " 1", " 2"])
          .map { "\($0) standard\($1)" }.joined(separator: ", "))
    }
  }

  /// The first call of a page, and its last; the others are posted, and it is said.
  @Test func aCallThatTheDatabaseRefusesKeepsNoOtherFromItsPrice() throws {
    try FinanceScene.with { scene in
      try Self.enter([Self.price("gpt", "0.01"), Self.price("gpt-b", "0.01")], in: scene)
      for model in ["gpt", "gpt-b", "gpt"] {
        for tenant in ["acme", "globex"] {
          try scene.run(Self.call(model, tenant: tenant, in: scene))
        }
      }
      try scene.rebuild()
      try scene.run(Self.refusing("ARRAY['gpt-b', NULL]"))
      let arguments = [
        "reprice", "--from", scene.first, "--to", scene.present, "--reason", "found", "--yes",
      ]
      let (code, output) = try scene.command(arguments + ["--json"])
      #expect(code == .checkFailed)
      #expect(
        output.contains(#""model":"gpt-b","reason":"price "#)
          && output.contains(#"is refused by a test","calls":2,"#), "\(output)")
      let run = "SELECT rows_adjusted || ' ' || (finished_at IS NOT NULL) FROM reprice_runs"
      #expect(try scene.run(run) == "4 true")
      #expect(
        try Self.costs(scene)
          == [
            "gpt standard 1", "gpt standard 1", "gpt standard 1", "gpt standard 1",
            "gpt-b standard", "gpt-b standard",
          ].joined(separator: ", "))
      #expect(try scene.run(RepriceTests.difference) == "0")
      let again = try scene.command(arguments)
      #expect(again.code == .checkFailed)
      #expect(again.output.contains("not posted: the database refuses the price"))
      // Nothing but refused ones.
      let report = try RepriceTests.reprice(scene)
      #expect(report.rowsAdjusted == 0 && report.refused.map(\.records) == [2])
    }
  }

  /// The check of prices, as one that knows a name less than Pricing does.
  private static func refusing(_ models: String) -> String {
    """
    CREATE OR REPLACE FUNCTION daybook_price_fault(p_price bigint, p_version bigint, p_at timestamptz,
      p_models text[], p_tier text, p_input bigint, p_output bigint, p_input_parts bigint,
      p_output_parts bigint, p_cost numeric) RETURNS text LANGUAGE sql STABLE
    AS $$ SELECT CASE WHEN p_models IS NOT DISTINCT FROM \(models) THEN 'is refused by a test' END $$
    """
  }
}
