// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import PriceCatalog
import Pricing
import Sysexits
import Testing
import daybook

struct ManualPriceTests {
  @Test func aPriceTakesItsRangeAndNoMore() throws {
    try PriceScene.with { (scene) throws in
      func set(_ price: String, _ range: String...) throws -> ExitCode {
        try scene.run(
          ["set", "openai/gpt-5", "--input", price, "--reason", "why"] + range
        ).code
      }
      #expect(try set("2e-6", "--effective-from", "2026-01") == .success)
      #expect(
        try set("1", "--effective-from", "2026-03", "--effective-to", "2026-04") == .success)
      #expect(
        try scene.rows() == [
          "openai/gpt-5 standard 0 0.000002 2026-01-01 00:00:00 2026-03-01 00:00:00",
          "openai/gpt-5 standard 0 1 2026-03-01 00:00:00 2026-04-01 00:00:00",
          "openai/gpt-5 standard 0 0.000002 2026-04-01 00:00:00",
        ])
      #expect(
        try scene.run(
          "end", "openai/gpt-5", "--effective-from", "2026-05", "--reason", "gone"
        ).code == .success)
      #expect(try scene.rows().last?.hasSuffix("2026-05-01 00:00:00") == true)
      let shown = try scene.run("show", "gpt-5")
      #expect(shown.output.contains("replaced by version 2"))
      #expect(shown.output.contains(PriceScene.finance))
      #expect(try scene.run("show", "gpt-6").code == .noInput)
      #expect(try scene.run("list", "--at", "2026-03", "--json").output.contains("\"1\""))
      #expect(
        try scene.run("end", "openai/gpt-6", "--reason", "x").code == .noInput)
      #expect(try scene.book().version == 3)
    }
  }

  @Test(arguments: [
    ("1e-25", ExitCode.usage), ("1000", .usage), ("-1", .usage), ("abc", .usage), ("", .usage),
    ("1e-24", .success), ("999.999999999999999999999999", .success), ("2.50", .success),
  ])
  func takesExactDecimals(price: String, code: ExitCode) throws {
    try PriceScene.with { (scene) throws in
      #expect(
        try scene.run("set", "openai/m", "--input", price, "--reason", "why").code == code)
    }
  }

  @Test func millionsAreShiftedNotDivided() throws {
    try PriceScene.with { (scene) throws in
      let set = try scene.run(
        "set", "openai/m", "--input", "0.123456789012345678", "--per", "1000000",
        "--reason", "why", "--effective-from", "2026-01")
      #expect(set.code == .success)
      #expect(
        try scene.rows() == ["openai/m standard 0 0.000000123456789012345678 2026-01-01 00:00:00"])
      let fine = try scene.run(
        "set", "openai/m", "--input", "0.1234567890123456789", "--per", "1000000",
        "--reason", "why")
      #expect(fine.code == .usage)
    }
  }

  @Test func asksBeforeAPriceThatLooksWrong() throws {
    try PriceScene.with { (scene) throws in
      func set(_ model: String, _ options: String...) throws -> (code: ExitCode, output: String) {
        try scene.asking(
          ["set", model, "--per", "1000000", "--effective-from", "2026-01-01", "--reason", "why"]
            + options)
      }
      // A model that nothing knows.
      #expect(try set("openai/m", "--input", "2", "--output", "8").code == .usage)
      #expect(try scene.rows().isEmpty)
      #expect(try set("openai/m", "--input", "2", "--output", "8", "--yes").code == .success)
      // Ten times is not more than ten times, and one rate suffices.
      #expect(try set("openai/m", "--input", "20").code == .success)
      #expect(try set("openai/m", "--input", "200.1").code == .usage)
      #expect(try set("openai/m", "--input", "1.9").code == .usage)
      #expect(try set("openai/m", "--input", "0").code == .usage)
      #expect(try set("openai/m", "--tier", "batch", "--input", "1.9").code == .usage)
      #expect(try set("openai/m", "--tier", "batch", "--input", "9").code == .success)
      let dry = try set("openai/m", "--input", "200.1", "--dry-run")
      #expect(dry.code == .success)
      #expect(
        dry.output.contains("+ openai/m  input 200.1 USD per million tokens, from 2026-01-01"))
      #expect(try set("openai/m", "--input", "200.1", "--yes").code == .success)
      #expect(try scene.run("list", "--all").output.contains("USD/1M"))
    }
  }

  @Test func doesNotAskAboutAModelThatCallsUsed() throws {
    try PriceScene.with { (scene) throws in
      try scene.database.value(
        """
        INSERT INTO costs_monthly (tenant_id, month, project_id, provider, model, service_tier,
          currency, cost, records, failed_records, unpriced_records, input_tokens, output_tokens,
          cache_read_input_tokens, cache_creation_input_tokens, reasoning_output_tokens, updated_at)
        VALUES ('acme', date_trunc('month', now())::date, '', 'bedrock', 'nova-2-2026-08-01',
          'standard', 'XXX', 0, 1, 0, 1, 1, 1, 0, 0, 0, now())
        """)
      let set = ["set", "--input", "2", "--per", "1000000", "--reason", "why"]
      // By another spelling of the provider, and with a day behind the name.
      #expect(try scene.asking(set + ["aws.bedrock/nova-2"]).code == .success)
      #expect(try scene.asking(set + ["aws.bedrock/nova-3"]).code == .usage)
      #expect(try scene.asking(set + ["openai/nova-2"]).code == .usage)
    }
  }

  @Test func namesTheDatedModelsThatKeepTheirPrice() throws {
    try PriceScene.with { (scene) throws in
      func set(_ model: String, _ options: String...) throws -> String {
        let (code, output) = try scene.run(
          ["set", model, "--input", "1e-6", "--reason", "why", "--json"] + options)
        #expect(code == .success)
        return output
      }
      for model in ["m-2026-05-13", "m-20260601", "m-2"] {
        _ = try set("openai/\(model)", "--effective-from", "2026-01")
      }
      _ = try set("azure/m-2026-07-07", "--effective-from", "2026-01")
      _ = try set(
        "openai/m-2025-01-01", "--effective-from", "2025-01", "--effective-to", "2025-06")
      _ = try set("openai/m-2026-08-08", "--region", "eu", "--effective-from", "2026-01")
      let every = try set("openai/m", "--effective-from", "2026-02")
      #expect(
        every.contains(#""kept_dated":["m-2026-05-13","m-2026-08-08","m-20260601"]"#), "\(every)")
      let us = try set("openai/m", "--region", "us", "--effective-from", "2026-02", "--dry-run")
      #expect(us.contains(#""kept_dated":["m-2026-05-13","m-20260601"]"#), "\(us)")
      #expect(try set("openai/m-2", "--effective-from", "2026-02").contains(#""kept_dated":[]"#))
      // So it is priced.
      let entry = try scene.book().entry(
        provider: "openai", region: nil, responseModel: "m-2026-05-13", requestModel: "m",
        serviceTier: "standard", inputTokens: 1, at: .now())
      #expect(entry?.model == "m-2026-05-13")
      let end = try scene.run("end", "openai/m", "--reason", "gone", "--json")
      #expect(end.output.contains(#""kept_dated":[]"#))
    }
  }

  @Test func asksForAReasonUnlessDry() throws {
    try PriceScene.with { (scene) throws in
      #expect(try scene.run("set", "openai/m", "--input", "1").code == .usage)
      #expect(
        try scene.run("set", "openai/m", "--input", "1", "--reason", " ").code == .usage)
      #expect(try scene.run("set", "openai/m", "--input", "1", "--dry-run").code == .success)
      #expect(try scene.run("set", "m", "--input", "1", "--reason", "x").code == .usage)
      #expect(try scene.rows().isEmpty)
    }
  }

  @Test func anAliasIsSetListedAndRemoved() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.run("set", "openai/gpt-4o", "--input", "1", "--reason", "why")
      #expect(
        try scene.run("alias", "set", "ft:gpt-4o:*", "gpt-4o", "--reason", "base").code == .success)
      #expect(try scene.run("alias", "list").output.contains("ft:gpt-4o:*"))
      let book = try scene.book()
      let entry = book.entry(
        provider: "openai", region: nil, responseModel: "ft:gpt-4o:acme::1", requestModel: "x",
        serviceTier: "standard", inputTokens: 1, at: .now())
      #expect(entry?.model == "gpt-4o")
      #expect(
        try scene.run("alias", "remove", "ft:gpt-4o:*", "--reason", "gone").code == .success)
      #expect(
        try scene.run("alias", "remove", "ft:gpt-4o:*", "--reason", "gone").code == .noInput)
      #expect(try scene.book().version == 3)
    }
  }

  @Test func aConcurrentChangeIsRefused() throws {
    try PriceScene.with { (scene) throws in
      let catalog = PriceCatalog(schema: "public")
      var connection = try scene.database.connect(as: PriceScene.finance)
      _ = try scene.run("set", "openai/m", "--input", "1", "--reason", "why")
      let source = PriceCatalog.Source("test", .manual)
      let error = #expect(throws: PostgresError.self) {
        try catalog.change(&connection, expectedVersion: 0, source: source)
      }
      #expect(error?.sqlState == .serializationFailure)
      #expect(error?.message.contains("at version 1 now, not 0") == true)
      #expect(error?.exitCode == .temporary)
      #expect(try catalog.version(&connection) == 1)
    }
  }

  @Test func overlapsAndEditsAreRefusedByTheDatabase() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.run(
        "set", "openai/m", "--input", "1", "--reason", "why", "--effective-from", "2026-01")
      var connection = try scene.database.connect()
      let overlap = #expect(throws: PostgresError.self) {
        try connection.execute(
          """
          INSERT INTO model_prices (provider, model, input_price, effective_from, effective_to,
            version) VALUES ('openai', 'm', 2, '2026-05-01Z', '2026-06-01Z', 1)
          """)
      }
      #expect(overlap?.constraint == "model_prices_no_overlap")
      for sql in [
        "UPDATE model_prices SET input_price = 2", "DELETE FROM model_prices",
        "TRUNCATE model_prices", "UPDATE price_versions SET source = 'x'",
      ] {
        #expect(throws: PostgresError.self) { try connection.execute(sql) }
      }
    }
  }
}
