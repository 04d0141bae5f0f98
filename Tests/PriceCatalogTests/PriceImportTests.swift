// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Pricing
import Sysexits
import Testing
import daybook

struct PriceImportTests {
  private static let list = """
    {
      "sample_spec": {"litellm_provider": "one of", "input_cost_per_token": "prose"},
      "openai/gpt-5": {"litellm_provider": "openai", "mode": "chat", "max_tokens": 4096,
        "input_cost_per_token": 1.25e-06, "output_cost_per_token": 0.00001,
        "input_cost_per_token_batches": 6.25e-07, "output_cost_per_token_batches": 5e-06},
      "azure/eu/gpt-5": {"litellm_provider": "azure", "input_cost_per_token": 1.375e-06,
        "output_cost_per_token": 1.1e-05, "input_cost_per_token_above_200k_tokens": 2.75e-06,
        "search_context_cost_per_query": {"search_context_size_low": 0.01}},
      "dall-e-3": {"litellm_provider": "openai", "input_cost_per_image": 0.04},
      "rerank": {"litellm_provider": "cohere", "input_cost_per_token": 0.0,
        "input_cost_per_query": 0.002},
      "x\\"y\\u00e9": {"litellm_provider": "tést", "input_cost_per_token": 0, "output_cost_per_token": 0},
      "fallback_generalizations": {"rules": []}
    }
    """

  @Test func entersAListOnce() throws {
    try PriceScene.with { (scene) throws in
      let dry = try scene.importing(Self.list, "--effective-from", "2026-08", "--dry-run")
      #expect(dry.code == .success)
      #expect(dry.output.contains("new: 5"))
      #expect(dry.output.contains("nothing was changed: the catalogue is at version 0"))
      #expect(try scene.rows().isEmpty)

      let first = try scene.importing(Self.list, "--effective-from", "2026-08")
      #expect(first.code == .success)
      #expect(first.output.contains("the catalogue is at version 1"))
      #expect(
        first.output.contains("1 entries without a price for tokens, 1 priced only otherwise"))
      #expect(first.output.contains("  1  search_context_cost_per_query"))
      #expect(
        try scene.rows() == [
          "azure.ai.openai/eu/gpt-5 standard 0 0.000001375 2026-08-01 00:00:00",
          "azure.ai.openai/eu/gpt-5 standard 200000 0.00000275 2026-08-01 00:00:00",
          "openai/gpt-5 batch 0 0.000000625 2026-08-01 00:00:00",
          "openai/gpt-5 standard 0 0.00000125 2026-08-01 00:00:00",
          "tést/x\"yé standard 0 0 2026-08-01 00:00:00",
        ])
      let again = try scene.importing(Self.list)
      #expect(
        again.output.contains(
          "the catalogue says the same already, which is recorded as version 2"))
      // Nothing else, and nothing of a dry run: the auditor sees when the list was compared.
      let entered = "list litellm 32 \(PriceScene.finance)"
      #expect(
        try scene.database.value(
          """
          SELECT string_agg(concat_ws(' ', source, format, octet_length(sha256), changed_by), ', ')
            FROM price_versions
          """) == "\(entered), \(entered)")
      #expect(
        try scene.database.value("SELECT count(DISTINCT sha256) FROM price_versions") == "1")
      #expect(try scene.database.value("SELECT max(version) FROM model_prices") == "1")
    }
  }

  @Test func showsAndEntersWhatDiffers() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.importing(Self.list, "--effective-from", "2026-08")
      let next = """
        {"azure/eu/gpt-5": {"litellm_provider": "azure", "input_cost_per_token": 1.1e-06,
          "output_cost_per_token": 1.1e-05}}
        """
      let changed = try scene.importing(next, "--effective-from", "2026-09")
      #expect(changed.output.contains("input 1.375 → 1.1 (-20.00 %)"))
      #expect(changed.output.contains("missing from the file, kept: 3"))
      let rows = try scene.rows().filter { $0.hasPrefix("azure") }
      // Its threshold is gone with the new price, and the model is not: it must not price calls.
      #expect(
        rows == [
          "azure.ai.openai/eu/gpt-5 standard 0 0.000001375 2026-08-01 00:00:00 2026-09-01 00:00:00",
          "azure.ai.openai/eu/gpt-5 standard 0 0.0000011 2026-09-01 00:00:00",
          "azure.ai.openai/eu/gpt-5 standard 200000 0.00000275 2026-08-01 00:00:00 2026-09-01 00:00:00",
        ])
      let ended = try scene.importing(next, "--effective-from", "2026-10", "--end-missing")
      #expect(ended.output.contains("missing from the file, ended: 3"))
      #expect(try scene.rows().filter { !$0.hasSuffix("2026-10-01 00:00:00") }.count == 3)

      // What the catalogue said before stays readable.
      #expect(try scene.book(asOf: 1).entries.count == 5)
      #expect(try scene.book(asOf: 1).entries.allSatisfy { $0.effectiveTo == nil })
      #expect(try scene.book().version == 3)
    }
  }

  @Test func namesTiersThatHaveTheStandardPriceInPart() throws {
    let list = """
      {"m": {"litellm_provider": "openai", "input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06,
         "input_cost_per_token_flex": 1e-06, "input_cost_per_token_priority": 4e-06}}
      """
    try PriceScene.with { (scene) throws in
      #expect(try scene.importing(list, "--dry-run").output.contains("\n  m: flex, priority\n"))
      #expect(
        try scene.importing(list, "--dry-run", "--json").output.contains(
          #""untold_tiers":[{"entry":"m","tiers":["flex","priority"]}]"#))
    }
  }

  @Test func showsWhatIsDerivedRegionalAndContradictory() throws {
    let list = """
      {"gpt-5": {"litellm_provider": "openai", "input_cost_per_token": 2e-06,
         "cache_read_input_token_cost": 1e-06, "input_cost_per_token_batches": 1e-06,
         "cache_read_input_audio_token_cost": 3e-06, "regional_processing_uplift_multiplier_eu": 1.1},
       "gemini-x": {"litellm_provider": "gemini", "input_cost_per_token": 1e-06},
       "gemini/gemini-x": {"litellm_provider": "gemini", "input_cost_per_token": 0}}
      """
    try PriceScene.with { (scene) throws in
      let first = try scene.importing(list, "--effective-from", "2026-08")
      #expect(first.output.contains("! gcp.gemini/gemini-x: gemini-x, gemini/gemini-x"))
      #expect(first.output.contains("cache_read_input 0.5 (derived)"))
      #expect(
        try scene.rows() == [
          "openai/gpt-5 batch 0 0.000001 2026-08-01 00:00:00",
          "openai/gpt-5 standard 0 0.000002 2026-08-01 00:00:00",
          "openai/eu/gpt-5 batch 0 0.0000011 2026-08-01 00:00:00",
          "openai/eu/gpt-5 standard 0 0.0000022 2026-08-01 00:00:00",
        ])
      // A price of a region by hand leaves the other ones to the list.
      _ = try scene.run(
        "set", "openai/gpt-5", "--region", "EU", "--input", "9e-6", "--reason", "contract",
        "--effective-from", "2026-08", "--yes")
      let shown = try scene.run("show", "gpt-5", "--at", "2026-08-02", "--json")
      #expect(
        shown.output.contains(
          #""derived_rates":["cache_read_input_price","cache_read_audio_input_price"]"#))
      #expect(try scene.run("show", "gpt-5").output.contains("cache_read_input, cache_read_audio"))
      let book = try scene.book()
      for (region, tier, input) in [
        (nil, "batch", "0.000001"), ("eu", "standard", "0.000009"), ("eu", "batch", "0.0000011"),
      ] {
        let entry = book.entry(
          provider: "openai", region: region, responseModel: nil, requestModel: "gpt-5",
          serviceTier: tier, inputTokens: 1, at: .now())
        #expect(entry?.rates.input?.description == input, "\(region ?? "none") \(tier)")
        #expect(entry?.rates.derived.isEmpty == (tier == "standard"))
      }
      let next = try scene.importing(
        list.replacing("2e-06", with: "4e-06"), "--effective-from", "2026-09")
      #expect(next.output.contains("entered by hand, kept: 1"))
      let rows = try scene.rows().filter { $0.contains("standard") && !$0.contains("2026-08-01") }
      #expect(rows == ["openai/gpt-5 standard 0 0.000004 2026-09-01 00:00:00"])
      let end = try scene.run(
        "end", "openai/eu/gpt-5", "--region", "eu", "--reason", "over", "--effective-from",
        "2027-01")
      #expect(end.code == .noInput)
      #expect(
        try scene.run(
          "end", "openai/gpt-5", "--region", "eu", "--reason", "over", "--effective-from",
          "2027-01"
        ).code == .success)
    }
  }

  @Test func leavesPricesByHandAlone() throws {
    try PriceScene.with { (scene) throws in
      let set = try scene.run(
        "set", "azure/eu/gpt-5", "--input", "1", "--output", "9", "--per", "1000000",
        "--reason", "contract", "--effective-from", "2026-08")
      #expect(set.code == .success)
      let kept = try scene.importing(Self.list, "--effective-from", "2026-09")
      #expect(kept.output.contains("entered by hand, kept: 1"))
      #expect(try scene.rows().filter { $0.hasPrefix("azure") }.count == 1)
      _ = try scene.importing(Self.list, "--effective-from", "2026-09", "--replace-manual")
      #expect(try scene.rows().filter { $0.hasPrefix("azure") }.count == 3)
    }
  }

  /// `input` per million tokens.
  private static func price(_ input: String, model: String = "gpt-5") -> String {
    #"{"\#(model)": {"litellm_provider": "openai", "input_cost_per_token": \#(input)e-06}}"#
  }

  @Test func aPromotionKeepsItsMonthAndNoMore() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.importing(Self.price("2"), "--effective-from", "2026-01")
      let promotion = try scene.run(
        "set", "openai/gpt-5", "--input", "1e-6", "--effective-from", "2026-08",
        "--effective-to", "2026-09", "--reason", "promotion")
      #expect(promotion.code == .success)
      let origins =
        "SELECT string_agg(concat_ws(':', version, origin_version), ' ' ORDER BY price_id)"
      #expect(try scene.database.value(origins + " FROM model_prices") == "1 2:1 2:1 2")
      let same = try scene.importing(Self.price("2"), "--effective-from", "2026-06")
      #expect(same.output.contains("2 unchanged"))
      #expect(same.output.contains("recorded as version 3"))

      let changed = try scene.importing(Self.price("3"), "--effective-from", "2026-06")
      #expect(changed.output.contains("changed: 2\n"))
      #expect(
        changed.output.contains(", from 2026-06-01T00:00:00.000000Z to 2026-08-01T00:00:00.000000Z")
      )
      #expect(changed.output.contains("entered by hand, kept: 1"))
      #expect(
        try scene.rows() == [
          "openai/gpt-5 standard 0 0.000002 2026-01-01 00:00:00 2026-06-01 00:00:00",
          "openai/gpt-5 standard 0 0.000003 2026-06-01 00:00:00 2026-08-01 00:00:00",
          "openai/gpt-5 standard 0 0.000001 2026-08-01 00:00:00 2026-09-01 00:00:00",
          "openai/gpt-5 standard 0 0.000003 2026-09-01 00:00:00",
        ])
      // In the middle of it: what lies behind it is the list's.
      _ = try scene.importing(Self.price("4"), "--effective-from", "2026-08-15T00:00:00Z")
      #expect(
        try scene.rows().suffix(2).map { $0.split(separator: " ")[3] } == ["0.000001", "0.000004"])
      // The model goes, the promotion stays, and so does what the list of August says.
      func end(_ options: String...) throws -> String {
        try scene.importing(
          Self.price("4", model: "gpt-6"),
          ["--effective-from", "2026-07", "--end-missing"] + options
        ).output
      }
      #expect(try end().contains("missing from the file, ended: 1"))
      let kept = "openai/gpt-5 standard 0 0.000001 2026-08-01 00:00:00 2026-09-01 00:00:00"
      #expect(
        try scene.rows().filter { $0.hasPrefix("openai/gpt-5") }.dropFirst(2) == [
          kept, "openai/gpt-5 standard 0 0.000004 2026-09-01 00:00:00",
        ])
      #expect(try end("--replace-later").contains("missing from the file, ended: 1"))
      #expect(
        try scene.rows().filter { $0.hasPrefix("openai/gpt-5") }.dropFirst(2) == [kept])
      #expect(try end("--replace-later").contains("the catalogue says the same already"))
    }
  }

  @Test func whatCannotBeStoredIsNotGone() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.importing(Self.list, "--effective-from", "2026-08")
      let broken = """
        {"openai/gpt-5": {"litellm_provider": "openai", "input_cost_per_token": 2e-06,
            "output_cost_per_token": "ten"},
          "gpt-5": {"litellm_provider": "openai", "input_cost_per_token": 9e-06},
          "azure/eu/gpt-5": {"litellm_provider": "azure", "input_cost_per_token": 1e-06}}
        """
      let dry = try scene.importing(
        broken, "--effective-from", "2026-09", "--end-missing", "--dry-run")
      #expect(dry.code == .checkFailed)
      let result = try scene.importing(broken, "--effective-from", "2026-09", "--end-missing")
      #expect(result.code == .checkFailed)
      #expect(result.output.contains("! openai/gpt-5: output_cost_per_token is "))
      #expect(result.output.contains("missing from the file, ended: 1"))
      #expect(
        try scene.rows().filter { $0.hasPrefix("openai") } == [
          "openai/gpt-5 batch 0 0.000000625 2026-08-01 00:00:00",
          "openai/gpt-5 standard 0 0.00000125 2026-08-01 00:00:00",
        ])
      #expect(
        try scene.rows().contains(
          "azure.ai.openai/eu/gpt-5 standard 0 0.000001 2026-09-01 00:00:00"))
    }
  }

  /// It is in the file, so it is not ended, and it is said.
  @Test func aModelWithoutAProviderKeepsWhatItHas() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.importing(Self.list, "--effective-from", "2026-08")
      let broken = Self.list.replacing(#"{"litellm_provider": "openai", "mode""#, with: #"{"mode""#)
      let result = try scene.importing(broken, "--effective-from", "2026-09", "--end-missing")
      #expect(result.code == .checkFailed)
      #expect(result.output.contains("! openai/gpt-5: litellm_provider is missing"))
      #expect(!result.output.contains("ended:"))
      #expect(try scene.rows().allSatisfy { $0.hasSuffix("2026-08-01 00:00:00") })
    }
  }

  @Test(arguments: [
    ("", ExitCode.data), ("[]", .data), ("{\"a\": {", .data), ("{\"a\": {}} x", .data),
    ("{}", .data),
    ("{\"a\": {\"litellm_provider\": \"p\"}, \"a\": {}}", .data),
    ("{\"a\": {\"x\": 1, \"x\": 2}}", .data), ("{\"a\": tru}", .data), ("{\"a\" 1}", .data),
  ])
  func refusesWhatIsNoList(text: String, code: ExitCode) throws {
    try PriceScene.with { (scene) throws in
      #expect(try scene.importing(text).code == code)
      #expect(try scene.importing("{}").code == .data)
      #expect(try scene.run("import", "/nowhere", "--format", "litellm").code == .noInput)
    }
  }

  @Test func aReaderCannotImport() throws {
    try PriceScene.with(memberOf: "app_read") { (scene) throws in
      #expect(try scene.importing(Self.list).code == .noPermission)
      #expect(try scene.importing(Self.list, "--dry-run").code == .success)
      #expect(try scene.rows().isEmpty)
    }
  }
}
