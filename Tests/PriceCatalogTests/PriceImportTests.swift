// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Pricing
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
      #expect(again.output.contains("the catalogue says the same already: it stays at version 1"))
      #expect(try scene.database.value("SELECT count(*) FROM price_versions") == "1")
      #expect(
        try scene.database.value(
          "SELECT source || ' ' || format || ' ' || octet_length(sha256) || changed_by FROM price_versions"
        ) == "list litellm 32\(PriceScene.finance)")
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
      #expect(changed.output.contains("input 0.000001375 → 0.0000011 (-20.00 %)"))
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
