// SPDX-License-Identifier: Apache-2.0
import Pricing
import Testing

/// Models that are named by the path of a resource.
struct ResourceNameTests {
  private static let vertex = "projects/p-1/locations/us-east5/publishers"
  private static let arn = "arn:aws:bedrock:us-east-1"
  private static let claude = "anthropic.claude-sonnet-4-5-20250929-v1:0"

  private static func book(_ aliases: [PriceAlias] = []) throws -> PriceBook {
    PriceSample.book(
      [
        try PriceSample.entry(1, "gemini", "gemini-2.5-pro", input: "1e-6"),
        try PriceSample.entry(2, "vertex_ai", "gemini-2.5-pro", input: "1e-6"),
        try PriceSample.entry(3, "vertex_ai", "claude-sonnet-4-5", input: "1e-6"),
        try PriceSample.entry(4, "vertex_ai", "claude-sonnet-4-5", region: "*", input: "1e-6"),
        try PriceSample.entry(5, "vertex_ai", "meta/llama-4-maas", input: "1e-6"),
        try PriceSample.entry(6, "vertex_ai", "mistralai/codestral-2", input: "1e-6"),
        try PriceSample.entry(7, "vertex_ai", "codestral-2", input: "1e-6"),
        try PriceSample.entry(8, "bedrock", claude, input: "1e-6"),
        try PriceSample.entry(9, "bedrock", "us.\(claude)", input: "1e-6"),
        try PriceSample.entry(10, "bedrock", claude, region: "us-gov-west-1", input: "1e-6"),
        try PriceSample.entry(11, "bedrock", "invoke/old-model", input: "1e-6"),
        try PriceSample.entry(12, "bedrock", "old-model", input: "1e-6"),
        try PriceSample.entry(13, "bedrock", "contract", input: "1e-6"),
      ], aliases)
  }

  private static func found(
    _ provider: String, _ model: String, region: String? = nil, aliases: [PriceAlias] = []
  ) throws -> String {
    try book(aliases).found(provider, nil, request: model, region: region)
  }

  @Test(
    arguments: [
      ("gcp.gemini", "models/gemini-2.5-pro", "1"), ("google", "Models/gemini-2.5-pro", "none"),
      ("google", "publishers/google/models/gemini-2.5-pro", "1"),
      ("gcp.vertex_ai", "publishers/google/models/gemini-2.5-pro", "2"),
      ("gcp.vertex_ai", "\(vertex)/google/models/gemini-2.5-pro", "2"),
      ("gcp.vertex_ai", "\(vertex)/anthropic/models/claude-sonnet-4-5@20250929", "4"),
      ("vertex_ai", "vertex_ai/publishers/anthropic/models/claude-sonnet-4-5@20250929", "3"),
      ("gcp.vertex_ai", "\(vertex)/meta/models/llama-4-maas", "5"),
      ("gcp.vertex_ai", "publishers/meta/models/llama-4-maas@20250929", "5"),
      ("gcp.vertex_ai", "publishers/mistralai/models/codestral-2", "6"),
      ("gcp.vertex_ai", "publishers/other/models/codestral-2", "7"),
      ("aws.bedrock", "\(arn)::foundation-model/\(claude)", "8"),
      ("aws.bedrock", "\(arn):123:inference-profile/us.\(claude)", "9"),
      ("aws.bedrock", "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/\(claude)", "10"),
      ("bedrock", "bedrock/converse/\(arn):123:inference-profile/us.\(claude)", "9"),
      ("bedrock", "converse/us.\(claude)", "9"), ("bedrock", "invoke/us.\(claude)", "9"),
      ("bedrock", "bedrock/converse/us-gov-west-1/\(claude)", "10"),
      ("bedrock", "bedrock/invoke/old-model", "11"),
      ("bedrock", "bedrock/converse/old-model", "12"),
    ] as [(String, String, String)])
  func aModelIsFoundBehindItsPath(provider: String, model: String, id: String) throws {
    #expect(try Self.found(provider, model) == (id == "none" ? "unknown_model" : id))
  }

  /// What they cost depends on what they were made of, or on a contract.
  @Test(
    arguments: [
      ("gcp.gemini", "tunedModels/gemini-2.5-pro"), ("gcp.gemini", "models/"),
      ("gcp.vertex_ai", "projects/p/locations/l/endpoints/123"),
      ("gcp.vertex_ai", "projects/p/locations/l/models/gemini-2.5-pro"),
      ("gcp.vertex_ai", "projects/p/locations/l/endpoints/gemini-2.5-pro"),
      ("gcp.vertex_ai", "projects/p/publishers/google/models/gemini-2.5-pro"),
      ("gcp.vertex_ai", "publishers/google/gemini-2.5-pro"), ("gcp.vertex_ai", "publishers/google"),
      ("aws.bedrock", "\(arn):123:application-inference-profile/old-model"),
      ("aws.bedrock", "\(arn):123:provisioned-model/old-model"),
      ("aws.bedrock", "\(arn):123:custom-model/old-model"),
      ("aws.bedrock", "\(arn):123:imported-model/old-model"),
      ("aws.bedrock", "arn:aws:sagemaker:us-east-1:123:inference-profile/old-model"),
      ("aws.bedrock", "\(arn):inference-profile/old-model"), ("aws.bedrock", "arn:aws:bedrock:"),
      ("aws.bedrock", "gateway/old-model"), ("nobody", "models/gemini-2.5-pro"),
    ] as [(String, String)])
  func anotherPathIsNone(provider: String, model: String) throws {
    #expect(try Self.found(provider, model) == "unknown_model")
  }

  @Test func theRegionOfTheRecordGoesBeforeThatOfThePath() throws {
    let name = "\(Self.vertex)/anthropic/models/claude-sonnet-4-5"
    #expect(try Self.found("vertex_ai", name) == "4")
    #expect(try Self.found("vertex_ai", name, region: "") == "4")
    #expect(try Self.found("vertex_ai", name, region: "global") == "3")
    let global = name.replacing("us-east5", with: "global")
    #expect(try Self.found("vertex_ai", global) == "3")
    #expect(try Self.found("vertex_ai", global, region: "europe-west4") == "4")
  }

  /// Of the whole name, or of what stands behind the path.
  @Test func anAliasNamesAnId() throws {
    let id = "\(Self.arn):123:application-inference-profile/a1b2"
    let aliases = [
      PriceAlias(pattern: id, targetModel: "contract"),
      PriceAlias(pattern: "us.amazon.*", targetModel: "old-model"),
      PriceAlias(
        pattern: "models/gemini-2.5-pro", targetProvider: "bedrock", targetModel: "contract"),
    ]
    #expect(try Self.found("bedrock", id, aliases: aliases) == "13")
    #expect(try Self.found("bedrock", "converse/us.amazon.x", aliases: aliases) == "12")
    #expect(try Self.found("google", "models/gemini-2.5-pro", aliases: aliases) == "13")
  }

  @Test func theDayOfTheResponseCountsBehindAPath() throws {
    let book = PriceSample.book([
      try PriceSample.entry(1, "gemini", "gemini-x", input: "1e-6"),
      try PriceSample.entry(2, "gemini", "gemini-x-2026-05-20", input: "2e-6"),
    ])
    for (response, id) in [("gemini-x", "1"), ("gemini-x-2026-05-20", "2")] {
      #expect(try book.found("gemini", response, request: "models/gemini-x") == id)
      #expect(try book.found("gemini", "models/\(response)", request: "gemini-x") == id)
    }
  }
}
