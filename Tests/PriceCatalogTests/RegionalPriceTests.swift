// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Pricing
import Sysexits
import Testing

/// A price by hand that names no region is for every call, also where a list knows regions.
struct RegionalPriceTests {
  private static let model = "claude-opus-5"

  /// Prices per million tokens: of the model, in batches where they are given, and a tenth more in
  /// the regions.
  private static func list(_ input: String, batch: String? = nil, in regions: String...) -> String {
    let batches = batch.map { #", "input_cost_per_token_batches": \#($0)e-06"# } ?? ""
    let more = regions.map { "\"\($0)\": 1.1" }.joined(separator: ", ")
    return """
      {"\(model)": {"litellm_provider": "anthropic", "input_cost_per_token": \(input)e-06\(batches),
        "provider_specific_entry": {\(more)}}}
      """
  }

  private static func set(_ input: String, _ options: String...) -> [String] {
    [
      "set", "anthropic/\(model)", "--input", input, "--per", "1000000", "--reason", "contract",
    ] + (options.contains("--effective-from") ? [] : ["--effective-from", "2026-02"]) + options
  }

  /// What a million input tokens of the model cost.
  private func input(
    _ scene: PriceScene, _ region: String?, tier: String = "standard", at day: String = "2026-08-15"
  ) throws -> String {
    var text = day + "T00:00:00Z"
    let time = try #require(text.withUTF8 { Timestamp(rfc3339: UnsafeRawBufferPointer($0)) })
    let outcome = try scene.book().outcome(
      provider: "anthropic", region: region, responseModel: nil, requestModel: Self.model,
      serviceTier: tier, usage: TokenUsage(inputTokens: 1_000_000), at: time)
    guard case .priced(let price) = outcome else { return "\(outcome)" }
    return price.cost.description
  }

  @Test func itIsThatOfTheRegionsOfAnEarlierList() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.importing(
        Self.list("5", batch: "2", in: "us", "eu"), "--effective-from", "2026-01")
      #expect(try input(scene, "us") == "5.5")
      let set = try scene.run(Self.set("4"))
      #expect(set.code == .success)
      for region in ["us", "eu"] {
        #expect(set.output.contains("+ anthropic/\(Self.model) in \(region)  input 4 USD"))
        #expect(set.output.contains("- anthropic/\(Self.model) in \(region)  input 5.5 USD"))
        #expect(try input(scene, region) == "4")
        #expect(try input(scene, region, at: "2026-01-31") == "5.5")
        // Of other tiers nobody has said anything.
        #expect(try input(scene, region, tier: "batch") == "2.2")
      }
      #expect(try input(scene, nil) == "4")
      // A newer list changes no region, and brings none.
      let next = try scene.importing(
        Self.list("6", batch: "3", in: "us", "eu", "au"), "--effective-from", "2026-07")
      #expect(next.output.contains("entered by hand, kept: 1"))
      #expect(
        next.output.contains(
          "regions of the list that a price by hand for every call keeps as they are: 1"))
      #expect(next.output.contains("\n  anthropic/\(Self.model) in au\n"))
      for region in [nil, "us", "eu", "au"] { #expect(try input(scene, region) == "4") }
      // The next contract takes them along again, and its end too.
      #expect(try scene.run(Self.set("3", "--effective-from", "2026-08")).code == .success)
      for region in [nil, "us", "eu"] { #expect(try input(scene, region) == "3") }
      let end = [
        "end", "anthropic/\(Self.model)", "--effective-from", "2026-09", "--reason", "over",
      ]
      #expect(try scene.run(end).output.contains("in us ends at 2026-09-01"))
      let rows = try scene.rows().filter { $0.contains("standard") && !$0.contains("2026-09-01") }
      #expect(
        rows == [
          "anthropic/\(Self.model) standard 0 0.000005 2026-01-01 00:00:00 2026-02-01 00:00:00",
          "anthropic/\(Self.model) standard 0 0.000004 2026-02-01 00:00:00 2026-08-01 00:00:00",
          "anthropic/eu/\(Self.model) standard 0 0.0000055 2026-01-01 00:00:00 2026-02-01 00:00:00",
          "anthropic/eu/\(Self.model) standard 0 0.000004 2026-02-01 00:00:00 2026-08-01 00:00:00",
          "anthropic/us/\(Self.model) standard 0 0.0000055 2026-01-01 00:00:00 2026-02-01 00:00:00",
          "anthropic/us/\(Self.model) standard 0 0.000004 2026-02-01 00:00:00 2026-08-01 00:00:00",
        ])
    }
  }

  @Test func itIsThatOfTheRegionsOfALaterList() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.run(Self.set("4"))
      let first = try scene.importing(
        Self.list("5", in: "us"), "--effective-from", "2026-03", "--json")
      #expect(
        first.output.contains(
          #""held_regions":[{"provider":"anthropic","model":"\#(Self.model)","region":"us","#
            + #""has_list_price":false}]"#))
      #expect(try input(scene, "us") == "4")
      #expect(try scene.rows().count == 1)
      _ = try scene.importing(
        Self.list("5", in: "us"), "--effective-from", "2026-03", "--replace-manual")
      #expect(try input(scene, "us") == "5.5")
    }
  }

  @Test func aPriceOfItsRegionGoesBeforeIt() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.importing(Self.list("5", in: "us", "eu"), "--effective-from", "2026-01")
      _ = try scene.run(Self.set("7", "--region", "eu"))
      let dry = try scene.run(Self.set("4", "--dry-run", "--json"))
      #expect(dry.output.contains(#""regions":["us"],"kept_regions":["eu"]"#))
      #expect(try input(scene, nil) == "5")
      _ = try scene.run(Self.set("4"))
      #expect(try input(scene, nil) == "4")
      #expect(try input(scene, "us") == "4")
      #expect(try input(scene, "eu") == "7")
    }
  }

  /// A promotion in one region does not keep the region out of the contract.
  @Test func aPriceOfItsRegionGoesBeforeItOnlyInItsTime() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.importing(Self.list("5", in: "us", "eu"), "--effective-from", "2026-01")
      _ = try scene.run(
        Self.set("7", "--region", "eu", "--effective-from", "2026-08", "--effective-to", "2026-09"))
      let dry = try scene.run(Self.set("4", "--dry-run", "--json"))
      #expect(dry.output.contains(#""regions":["eu","us"],"kept_regions":["eu"]"#))
      let set = try scene.run(Self.set("4"))
      #expect(set.output.contains("- anthropic/\(Self.model) in eu  input 5.5 USD"))
      #expect(!set.output.contains("- anthropic/\(Self.model) in eu  input 7 USD"))
      for (day, eu, us) in [
        ("2026-01-15", "5.5", "5.5"), ("2026-05-01", "4", "4"), ("2026-08-15", "7", "4"),
        ("2026-10-01", "4", "4"),
      ] {
        #expect(try input(scene, "eu", at: day) == eu, "\(day)")
        #expect(try input(scene, "us", at: day) == us, "\(day)")
      }
      let ended = try scene.run(
        "end", "anthropic/\(Self.model)", "--effective-from", "2026-05", "--reason", "over")
      #expect(ended.output.contains("in eu ends at 2026-05-01"))
      #expect(ended.output.contains("in eu ends at 2026-09-01"))
      let rows = try scene.rows().filter { $0.hasPrefix("anthropic/eu/") }
      #expect(
        rows == [
          "anthropic/eu/\(Self.model) standard 0 0.0000055 2026-01-01 00:00:00 2026-02-01 00:00:00",
          "anthropic/eu/\(Self.model) standard 0 0.000004 2026-02-01 00:00:00 2026-05-01 00:00:00",
          "anthropic/eu/\(Self.model) standard 0 0.000007 2026-08-01 00:00:00 2026-09-01 00:00:00",
        ])
    }
  }

  @Test func aRegionWithAPriceOfAnotherTierIsNamed() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.importing(Self.list("5"), "--effective-from", "2026-01")
      _ = try scene.run(Self.set("7", "--region", "us"))
      let set = try scene.run(Self.set("1", "--tier", "batch", "--json"))
      #expect(set.output.contains(#""regions":[],"kept_regions":["us"]"#))
      #expect(try input(scene, "us", tier: "batch") == "7")
      #expect(try input(scene, nil, tier: "batch") == "1")
    }
  }

  /// A batch is not priced as the standard tier of its region, nor the other way round.
  @Test func ofATierItIsThatOfTheTier() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.importing(Self.list("5", in: "us"), "--effective-from", "2026-01")
      _ = try scene.run(Self.set("1", "--tier", "batch"))
      #expect(try input(scene, "us", tier: "batch") == "1")
      #expect(try input(scene, "us") == "5.5")
    }
  }

  @Test func aPromotionTakesTheRegionsOfItsTime() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.importing(Self.list("5", in: "us"), "--effective-from", "2026-01")
      _ = try scene.run(
        Self.set("4", "--effective-from", "2026-08", "--effective-to", "2026-09"))
      let changed = try scene.importing(Self.list("6", in: "us"), "--effective-from", "2026-06")
      #expect(!changed.output.contains("a price by hand for every call"))
      for (day, price) in [
        ("2026-05-01", "5.5"), ("2026-07-01", "6.6"), ("2026-08-15", "4"), ("2026-10-01", "6.6"),
      ] {
        #expect(try input(scene, "us", at: day) == price, "\(day)")
      }
    }
  }

  /// As prices were entered before: the region kept the price of the list.
  @Test func aRegionThatAnEarlierPriceLeftOutIsNamed() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.importing(Self.list("5", in: "us"), "--effective-from", "2026-01")
      try scene.database.value(
        """
        SELECT daybook_change_prices(1, 'contract', 'manual', NULL, '{}', '[{"provider": "anthropic",
          "model": "\(Self.model)", "service_tier": "standard", "min_input_tokens": 0, "currency": "USD",
          "input_price": "0.000004", "effective_from": "2026-02-01T00:00:00Z"}]', '[]')
        """)
      let next = try scene.importing(Self.list("6", in: "us"), "--effective-from", "2026-07")
      #expect(
        next.output.contains(
          "  anthropic/\(Self.model) in us, at the price of an earlier import: enter that by hand again"
        ))
      #expect(try input(scene, "us") == "5.5")
      #expect(try scene.run(Self.set("4")).code == .success)
      #expect(try input(scene, "us") == "4")
    }
  }
}
