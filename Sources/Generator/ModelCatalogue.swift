// SPDX-License-Identifier: Apache-2.0

/// Models with list prices, so that generated costs look like a real bill.
struct ModelPrice {
  let provider: [UInt8]
  let requestModel: [UInt8]
  let responseModel: [UInt8]
  /// Nil for self-hosted models, which have no price: such records are stored without a cost.
  let currency: [UInt8]?
  /// 10^-12 of the currency per token: 1 per million tokens is 1 000 000 units.
  let inputUnits: Int64
  let cachedUnits: Int64
  let cacheWriteUnits: Int64
  let outputUnits: Int64
  /// How often it is called, against the others.
  let weight: Int

  private init(
    _ provider: String, _ request: String, _ response: String, _ currency: String?,
    _ units: (input: Int64, cached: Int64, write: Int64, output: Int64), weight: Int
  ) {
    self.provider = Array(provider.utf8)
    requestModel = Array(request.utf8)
    responseModel = Array(response.utf8)
    self.currency = currency.map { Array($0.utf8) }
    (inputUnits, cachedUnits, cacheWriteUnits, outputUnits) = units
    self.weight = weight
  }

  static let all: [ModelPrice] = [
    ModelPrice(
      "anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "USD",
      (3_000_000, 300_000, 3_750_000, 15_000_000), weight: 28),
    ModelPrice(
      "anthropic", "claude-haiku-4-5", "claude-haiku-4-5-20251001", "USD",
      (1_000_000, 100_000, 1_250_000, 5_000_000), weight: 16),
    ModelPrice(
      "anthropic", "claude-opus-4-1", "claude-opus-4-1-20250805", "USD",
      (15_000_000, 1_500_000, 18_750_000, 75_000_000), weight: 4),
    ModelPrice(
      "openai", "gpt-5", "gpt-5-2025-08-07", "USD",
      (1_250_000, 125_000, 1_250_000, 10_000_000), weight: 18),
    ModelPrice(
      "openai", "gpt-5-mini", "gpt-5-mini-2025-08-07", "USD",
      (250_000, 25_000, 250_000, 2_000_000), weight: 14),
    ModelPrice(
      "aws.bedrock", "claude-sonnet-4-5", "anthropic.claude-sonnet-4-5-v1:0", "USD",
      (3_300_000, 330_000, 4_125_000, 16_500_000), weight: 6),
    ModelPrice(
      "gcp.gemini", "gemini-2.5-flash", "gemini-2.5-flash", "USD",
      (300_000, 75_000, 300_000, 2_500_000), weight: 8),
    ModelPrice(
      "mistral_ai", "mistral-large-latest", "mistral-large-2411", "EUR",
      (1_800_000, 1_800_000, 1_800_000, 5_400_000), weight: 4),
    ModelPrice(
      "vllm", "llama-3.3-70b-instruct", "llama-3.3-70b-instruct", nil, (0, 0, 0, 0), weight: 2),
  ]
}
