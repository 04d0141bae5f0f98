// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import Testing
import daybook

/// An import changes its own time, and says which.
struct PriceIntervalTests {
  /// Prices per million tokens; nil: the model is not in the list.
  private static func list(_ m1: String, _ m2: String? = nil, batch: String? = nil) -> String {
    func entry(_ model: String, _ price: String, _ more: String = "") -> String {
      #""\#(model)": {"litellm_provider": "openai", "input_cost_per_token": \#(price)e-06\#(more)}"#
    }
    let batches = batch.map { #", "input_cost_per_token_batches": \#($0)e-06"# } ?? ""
    return "{"
      + ([entry("m1", m1, batches)] + (m2.map { [entry("m2", $0)] } ?? []))
      .joined(separator: ", ") + "}"
  }

  /// `m1 1 2026-08-01 2026-10-01`: days, prices per million; with the tier where it is another one.
  private func prices(_ scene: PriceScene) throws -> [String] {
    var connection = try scene.database.connect()
    let result = try connection.execute(
      """
      SELECT concat_ws(' ', model, nullif(service_tier, 'standard'),
        trim_scale(input_price * 1000000), (effective_from AT TIME ZONE 'UTC')::date,
        (effective_to AT TIME ZONE 'UTC')::date)
        FROM model_prices WHERE superseded_by IS NULL
       ORDER BY model, service_tier, effective_from
      """)
    return (0..<result.rowCount).compactMap { result.text($0, 0) }
  }

  private func enter(
    _ scene: PriceScene, _ list: String, _ from: String, _ options: String...
  ) throws -> String {
    try scene.importing(list, ["--effective-from", from] + options).output
  }

  @Test func anEarlierListLeavesALaterOneAlone() throws {
    try PriceScene.with { (scene) throws in
      _ = try enter(scene, Self.list("2", "2"), "2026-10")
      let dry = try enter(scene, Self.list("1", "1"), "2026-08", "--dry-run")
      #expect(
        dry.contains(
          "+ openai/m1  input 1, from 2026-08-01T00:00:00.000000Z to 2026-10-01T00:00:00.000000Z"))
      #expect(dry.contains("kept from then on (--replace-later takes them): 2"))
      _ = try enter(scene, Self.list("1", "1"), "2026-08")
      let both = [
        "m1 1 2026-08-01 2026-10-01", "m1 2 2026-10-01", "m2 1 2026-08-01 2026-10-01",
        "m2 2 2026-10-01",
      ]
      #expect(try prices(scene) == both)
      let again = try enter(scene, Self.list("1", "1"), "2026-08")
      #expect(again.contains("the catalogue says the same already"))

      let all = try enter(scene, Self.list("1", "1"), "2026-08", "--replace-later", "--dry-run")
      // Until October it is so already: what changes is what comes then.
      #expect(all.contains("changed: 2"))
      #expect(all.contains("(-50.00 %), from 2026-10-01T00:00:00.000000Z on"))
      #expect(try prices(scene) == both)
      _ = try enter(scene, Self.list("1", "1"), "2026-08", "--replace-later")
      #expect(try prices(scene) == ["m1 1 2026-08-01", "m2 1 2026-08-01"])
      // The list of October holds no more: it ends nothing.
      _ = try enter(scene, Self.list("3", "1"), "2026-09")
      #expect(try prices(scene).prefix(2) == ["m1 1 2026-08-01 2026-09-01", "m1 3 2026-09-01"])
    }
  }

  @Test func aListThatConfirmedAPriceIsAChangeToo() throws {
    try PriceScene.with { (scene) throws in
      _ = try enter(scene, Self.list("2", "2"), "2026-01")
      _ = try enter(scene, Self.list("3", "2"), "2026-10")
      _ = try enter(scene, Self.list("1", "1"), "2026-08")
      #expect(
        try prices(scene) == [
          "m1 2 2026-01-01 2026-08-01", "m1 1 2026-08-01 2026-10-01", "m1 3 2026-10-01",
          "m2 2 2026-01-01 2026-08-01", "m2 1 2026-08-01 2026-10-01", "m2 2 2026-10-01",
        ])
    }
  }

  /// `price` per million tokens of each of the models.
  private static func list(of models: [String], _ price: Int) -> String {
    let entries = models.map {
      #""\#($0)": {"litellm_provider": "openai", "input_cost_per_token": \#(price)e-06}"#
    }
    return "{" + entries.joined(separator: ", ") + "}"
  }

  /// Whether its models are named, which are few here, or the others.
  @Test(arguments: [
    (["m1", "m2"], #"{"not_listed": ["openai/m2"]}"#),
    (["m1", "m2", "m3", "m4"], #"{"listed": ["openai/m1"]}"#),
  ])
  func aListSaysNothingOfAModelThatItDoesNotHave(models: [String], detail: String) throws {
    try PriceScene.with { (scene) throws in
      _ = try enter(scene, Self.list(of: models, 1), "2026-10-01")
      _ = try enter(scene, Self.list(of: ["m1"], 2), "2026-10-20")
      #expect(
        try scene.database.value(
          """
          SELECT jsonb_object_agg(key, value) FROM price_versions, jsonb_each(detail)
           WHERE version = 2 AND jsonb_typeof(value) = 'array'
          """) == detail)
      let dry = try enter(scene, Self.list(of: models, 7), "2026-10-10", "--dry-run")
      #expect(dry.contains("kept from then on (--replace-later takes them): 1"))
      _ = try enter(scene, Self.list(of: models, 7), "2026-10-10")
      let others = models.dropFirst().flatMap {
        ["\($0) 1 2026-10-01 2026-10-10", "\($0) 7 2026-10-10"]
      }
      #expect(
        try prices(scene) == [
          "m1 1 2026-10-01 2026-10-10", "m1 7 2026-10-10 2026-10-20", "m1 2 2026-10-20",
        ] + others)
    }
  }

  @Test func aListReplacesWhatComesLaterOfItsOwnModelsOnly() throws {
    try PriceScene.with { (scene) throws in
      _ = try enter(scene, Self.list("1", "1"), "2026-08")
      _ = try enter(scene, Self.list("1", "3"), "2026-10")
      _ = try enter(scene, Self.list(of: ["m3"], 1), "2026-09", "--replace-later")
      _ = try enter(scene, Self.list("5", "5"), "2026-09")
      #expect(
        try prices(scene) == [
          "m1 1 2026-08-01 2026-09-01", "m1 5 2026-09-01 2026-10-01", "m1 1 2026-10-01",
          "m2 1 2026-08-01 2026-09-01", "m2 5 2026-09-01 2026-10-01", "m2 3 2026-10-01",
          "m3 1 2026-09-01",
        ])
    }
  }

  /// Each row of a model belongs to a list: the batches of one never meet the rest of another.
  @Test func aModelChangesAsAWhole() throws {
    try PriceScene.with { (scene) throws in
      _ = try enter(scene, Self.list("2"), "2026-10")
      _ = try enter(scene, Self.list("1", "9", batch: "0.5"), "2026-08")
      #expect(
        try prices(scene) == [
          "m1 batch 0.5 2026-08-01 2026-10-01", "m1 1 2026-08-01 2026-10-01", "m1 2 2026-10-01",
          "m2 9 2026-08-01",
        ])
      // Nor does the list of August end in October what it does not know.
      _ = try enter(scene, Self.list("2", batch: "1"), "2026-10")
      _ = try enter(scene, Self.list("1"), "2026-08")
      #expect(
        try prices(scene).prefix(3) == [
          "m1 batch 1 2026-10-01", "m1 1 2026-08-01 2026-10-01", "m1 2 2026-10-01",
        ])
    }
  }

  @Test func aListMayHoldForAWhile() throws {
    try PriceScene.with { (scene) throws in
      _ = try enter(scene, Self.list("2"), "2026-01")
      let wrong = try scene.importing(
        Self.list("1"), "--effective-from", "2026-08", "--effective-to", "2026-08")
      #expect(wrong.code == .usage)
      _ = try enter(scene, Self.list("1"), "2026-08", "--effective-to", "2026-09")
      #expect(
        try prices(scene) == [
          "m1 2 2026-01-01 2026-08-01", "m1 1 2026-08-01 2026-09-01", "m1 2 2026-09-01",
        ])
    }
  }

  @Test func aDryRunCountsTheMoneyOfEachInterval() throws {
    try PriceScene.with { (scene) throws in
      _ = try enter(scene, Self.list("2"), "2020-01")
      try scene.database.value(
        PriceCheckTests.calls(
          "('acme', 'openai', 'm1', 'standard', 1000000, NULL::numeric)",
          "('acme', 'openai', 'm1', 'standard', 500000, NULL)",
          "('acme', 'openai', 'm1', 'standard', 1000000, 7)",
          "('acme', 'openai', 'm2', 'standard', 1000000, NULL)"))
      try scene.reprice()
      let month = Timestamp.now().month
      let dry = try scene.importing(
        Self.list("3", "4"), "--effective-from", "\(month)", "--effective-to", "\(month.next)",
        "--dry-run")
      // A producer's own cost stays what it is.
      #expect(dry.output.contains(": 2 calls, 3 → 4.5 USD (+1.5)"))
      #expect(dry.output.contains(": 1 calls, 0 → 4 USD (+4)"))
      #expect(dry.output.contains("daybook reprice would move: 3 calls, 3 → 8.5 USD (+5.5)"))
      let ended = try scene.importing(
        #"{"m3": {"litellm_provider": "openai", "input_cost_per_token": 1e-06}}"#,
        "--effective-from", "\(month)", "--end-missing", "--dry-run", "--json")
      #expect(ended.output.contains(#""effect":{"calls":2,"without_price":2,"moved":[]}"#))
      // The promise is kept by the real thing.
      _ = try enter(scene, Self.list("3", "4"), "\(month)", "--effective-to", "\(month.next)")
      try scene.reprice()
      #expect(
        try scene.database.value(
          "SELECT trim_scale(sum(cost)) FROM invocation_costs WHERE cost_source = 'computed'")
          == "8.5")
    }
  }
}
