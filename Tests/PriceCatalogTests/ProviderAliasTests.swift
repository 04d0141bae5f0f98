// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import PriceCatalog
import Pricing
import Sysexits
import Testing
import daybook

/// Which spellings of a provider are one is data, with a journal.
struct ProviderAliasTests {
  @Test(arguments: TestServer.all)
  func theSchemaComesWithTheDocumentedOnes(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      var connection = try database.connect()
      let names = try PriceCatalog(schema: "public").providerNames(&connection)
      #expect(Set(names.aliases) == Set(ProviderAlias.documented))
      for alias in ProviderAlias.documented {
        let name = alias.alias.replacing("*", with: "x")
        #expect(
          try connection.query("SELECT daybook_provider($1)", [name]).text(0, 0) == alias.provider)
      }
    }
  }

  @Test func anAliasIsSetListedAndRemoved() throws {
    try PriceScene.with { (scene) throws in
      func change(_ arguments: String...) throws -> ExitCode {
        try scene.run(["provider"] + arguments + ["--reason", "our proxy"]).code
      }
      #expect(try change("set", "LLM-Gateway", "openai") == .success)
      #expect(try change("set", "gw-*", "openai") == .success)
      #expect(try scene.run("provider", "list").output.contains("llm-gateway"))
      let names = try scene.book().providerNames
      #expect(names.canonical("llm-gateway") == "openai")
      #expect(names.canonical("gw-7") == "openai")
      // At an earlier version it was not there.
      #expect(try scene.book(asOf: 0).providerNames.canonical("gw-7") == "gw-7")
      // Nothing leads in two steps, and no prices are left behind.
      #expect(try change("set", "other", "gw-7") == .usage)
      #expect(try change("set", "openai", "other") == .usage)
      _ = try scene.run("set", "mine/m", "--input", "1e-6", "--reason", "why")
      #expect(try change("set", "mine", "openai") == .usage)
      #expect(try change("set", "x", "X") == .usage)
      #expect(try change("remove", "google") == .success)
      #expect(try change("remove", "google") == .noInput)
      #expect(try scene.book().providerNames.canonical("google") == "google")
      #expect(
        try scene.database.value(
          """
          SELECT string_agg(DISTINCT concat_ws(' ', v.format, v.changed_by, v.detail->>'reason'), ';')
          FROM provider_aliases a JOIN price_versions v ON v.version IN (a.version, a.superseded_by)
          """) == "manual \(PriceScene.finance) our proxy")
      #expect(throws: PostgresError.self) {
        try scene.database.value("UPDATE provider_aliases SET provider = 'x'")
      }
    }
  }

  @Test func aReaderCannotChangeOne() throws {
    try PriceScene.with(memberOf: "app_read") { (scene) throws in
      let set = try scene.run("provider", "set", "a", "openai", "--reason", "x")
      #expect(set.code == .noPermission)
      #expect(try scene.run("provider", "list", "--json").output.contains("bedrock"))
    }
  }

  @Test func pricesAreEnteredUnderTheOneName() throws {
    try PriceScene.with { (scene) throws in
      _ = try scene.run("provider", "set", "proxy", "openai", "--reason", "x")
      _ = try scene.run("set", "proxy/gpt-9", "--input", "1e-6", "--reason", "why")
      #expect(try scene.rows().first?.hasPrefix("openai/gpt-9 ") == true)
      #expect(try scene.run("list", "--provider", "proxy").output.contains("gpt-9"))
    }
  }
}
