// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Sysexits
import Testing
import daybook

struct PriceCheckTests {
  /// Calls of this month: tenant, provider, model, tier, input, cost; null input: no usage.
  static func calls(_ rows: String...) -> String {
    """
    SET timezone = 'UTC';
    INSERT INTO invocations (invocation_id, occurred_at, tenant_id, provider, operation,
      request_model, response_model, input_tokens, output_tokens, service_tier, cost, currency,
      cost_source, status, content_sha256, ingested_at, source_topic, source_partition, source_offset)
    SELECT ('0190b7c2-6f3e-7c1a-9a53-' || lpad(n::text, 12, '0'))::uuid,
      date_trunc('month', now()) + make_interval(hours => n::int), tenant, provider, 'chat', model,
      model, input, input * 0, tier, cost, CASE WHEN cost IS NOT NULL THEN 'USD' END,
      CASE WHEN cost IS NULL THEN 'none' ELSE 'producer' END, 'success', '\\x00', now(), 'calls', 0, n
    FROM (SELECT *, row_number() OVER () AS n FROM (VALUES \(rows.joined(separator: ", ")))
      AS v(tenant, provider, model, tier, input, cost)) AS calls;
    """
  }

  private func pricedScene(_ scene: PriceScene) throws {
    for (model, tier, price) in [("gpt-5", "standard", "2"), ("gpt-5", "batch", "1")] {
      let set = try scene.run(
        "set", "openai/\(model)", "--input", price, "--tier", tier, "--per", "1000000",
        "--effective-from", "2020-01", "--reason", "why")
      #expect(set.code == .success)
    }
  }

  @Test func comparesProducersWithTheCatalogue() throws {
    try PriceScene.with { (scene) throws in
      try pricedScene(scene)
      try scene.database.value(
        Self.calls(
          "('acme', 'openai', 'gpt-5', 'standard', 1000000, 2.0)",
          "('acme', 'openai', 'gpt-5', 'standard', 500000, 1.1)",
          "('acme', 'openai', 'gpt-5', 'batch', 1000000, 1.0)",
          "('other', 'openai', 'unheard', 'standard', 1000, 1.0)"))
      let check = try scene.run("check", "--json")
      #expect(check.code == .success)
      #expect(
        check.output.contains(
          """
          "service_tier":"standard","currency":"USD","calls":2,"producer_cost":"3.1",\
          "catalogue_cost":"3","difference":"-0.1","percent":"-3.22","worst_difference":"-0.1"
          """))
      #expect(check.output.contains(#""calls":0,"producer_cost":"0""#))
      #expect(try scene.run("check", "--max-difference", "3.2").code == .checkFailed)
      #expect(try scene.run("check", "--max-difference", "3.3").code == .success)
      #expect(try scene.run("check", "--max-difference", "x").code == .usage)
      #expect(
        try scene.run("check", "--max-difference", "0", "--tenant", "other").code == .checkFailed)
      #expect(try scene.run("check", "--tenant", "other").code == .success)
      #expect(
        try scene.run("check", "--max-difference", "0", "--tenant", "nobody").code == .noInput)
      #expect(try scene.run("check", "--month", "2020-01").output.contains("gpt") == false)
    }
  }

  @Test func callsWithoutUsageAreNotCompared() throws {
    try PriceScene.with { (scene) throws in
      try pricedScene(scene)
      try scene.database.value(
        Self.calls(
          "('acme', 'openai', 'gpt-5', 'standard', 1000000, 2.0)",
          "('acme', 'openai', 'gpt-5', 'standard', NULL, 5.0)"))
      let check = try scene.run("check", "--json", "--max-difference", "0")
      #expect(check.code == .success)
      #expect(check.output.contains(#""calls":1,"producer_cost":"2""#))
      #expect(check.output.contains(#""not_priced":1"#))
    }
  }

  @Test func callsWithoutUsageAreToldApart() throws {
    try PriceScene.with { (scene) throws in
      try pricedScene(scene)
      try scene.database.value(
        Self.calls(
          "('acme', 'openai', 'gpt-5', 'standard', 7, NULL::numeric)",
          "('acme', 'openai', 'gpt-5', 'standard', NULL, NULL)",
          "('other', 'openai', 'gpt-5', 'standard', NULL, NULL)"))
      let missing = try scene.run("missing", "--json").output
      #expect(missing.contains(#""calls":2,"tokens":"0""#))
      #expect(missing.contains(#""reason":"no_usage""#))
      #expect(missing.contains(#""calls":1,"tokens":"7""#))
      #expect(missing.contains(#""reason":"priced""#))
    }
  }

  /// Names are sought for the rows with the most calls only.
  @Test func suggestsForTheFirstRowsOnly() throws {
    try PriceScene.with { (scene) throws in
      try pricedScene(scene)
      let rows = (0..<60).map {
        "('acme', 'openai', 'gpt-5.\(100 + $0)', 'standard', 1, NULL::numeric)"
      }
      try scene.database.value(Self.calls(rows.joined(separator: ", ")))
      let missing = try scene.run("missing", "--json").output
      #expect(missing.components(separatedBy: "unknown_model").count - 1 == 60)
      #expect(missing.components(separatedBy: #""nearest":"openai/gpt-5""#).count - 1 == 50)
    }
  }

  @Test func namesNoModelOfAnotherVersion() throws {
    try PriceScene.with { (scene) throws in
      func set(_ model: String) throws {
        let set = try scene.run(
          "set", "aws.bedrock/\(model)", "--input", "1e-6", "--effective-from", "2020-01",
          "--reason", "why")
        #expect(set.code == .success)
      }
      try scene.database.value(
        Self.calls(
          "('acme', 'bedrock', 'us.anthropic.claude-haiku-4-5', 'standard', 1, NULL::numeric)"))
      try set("us.anthropic.claude-haiku-5-5")
      #expect(try scene.run("missing", "--json").output.contains(#""nearest":null"#))
      try set("eu.anthropic.claude-haiku-4-5-20251001-v1:0")
      try set("us.anthropic.claude-haiku-4-5-20251001-v1:0")
      try set("us.anthropic.claude-haiku-4-6")
      #expect(
        try scene.run("missing", "--json").output.contains(
          #""nearest":"aws.bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0""#))
    }
  }

  @Test func listsWhatHasNoPrice() throws {
    try PriceScene.with { (scene) throws in
      try pricedScene(scene)
      try scene.database.value(
        Self.calls(
          "('acme', 'openai', 'gpt-6', 'standard', 1000, NULL::numeric)",
          "('acme', 'openai', 'gpt-6', 'standard', 2000, NULL)",
          "('acme', 'openai', 'gpt-5.1', 'standard', 1, NULL)",
          "('acme', 'openai', 'gpt-5', 'standard', 7, NULL)",
          "('acme', 'openai', 'gpt-5', 'standard', 9, 1.5)"))
      let missing = try scene.run("missing", "--json")
      #expect(missing.code == .success)
      #expect(
        missing.output.contains(
          #""response_model":"gpt-6","request_model":"gpt-6","service_tier":"standard","calls":2,"tokens":"3000""#
        ))
      #expect(missing.output.contains(#""reason":"unknown_model","nearest":null"#))
      #expect(missing.output.contains(#""reason":"unknown_model","nearest":"openai/gpt-5""#))
      #expect(missing.output.contains(#""calls":1,"tokens":"7""#))
      #expect(missing.output.contains(#""reason":"priced","nearest":null"#))
    }
  }
}
