// SPDX-License-Identifier: Apache-2.0
import JSON
import Records

/// Values on both sides of every bound of a column, as JSON source text.
struct BoundCase {
  let json: String
  /// Nil when the value is accepted.
  let reason: Reason?

  static func all(_ column: Column) -> [BoundCase] {
    switch column.kind {
    case .uuid:
      accept("\"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11\"", "\"0190B7C2-6F3E-4C1A-9A53-2B1F0C9D7E11\"")
        + refuse(.badUUID, "\"\"", "\"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e1\"", "\"{0190b7c2}\"")
        + refuse(.wrongType, "1", "{}")
    case .timestamp: times
    case .text(let rule): texts(rule) + refuse(.wrongType, "1", "true", "[\"a\"]", "{}")
    case .choice(let choices, let otherwise):
      accept(choices.map { quoted($0.spelling) }) + refuse(.wrongType, "true", "[]")
        + (otherwise.map(texts) ?? refuse(.notAllowed, "\"\"", "\"nothing of these\""))
    case .integer(let width, let range):
      accept("\(range.lowerBound)", "\(range.upperBound)", "1.0", "10e-1", "1e2")
        + (width == .integer ? accept("1.4", "0.12345678901234567") : refuse(.wrongType, "1.5"))
        + refuse(.outOfRange, "1e30", "-1.0")
        + refuse(.outOfRange, "\(range.lowerBound - 1)", "\(range.upperBound + 1)")
        + refuse(.outOfRange, "9223372036854775808", "-9223372036854775809", digits(40))
        + refuse(.wrongType, "\"1\"", "true", "[1]")
    case .boolean: accept("true", "false") + refuse(.wrongType, "\"true\"", "1", "0")
    case .amount: amounts
    case .currency:
      accept("\"USD\"", "\"eur\"")
        + refuse(.badCurrency, "\"\"", "\"US\"", "\"USDT\"", "\"XXX\"", "\"U5D\"", "\"€\"")
        + refuse(.wrongType, "840")
    case .json(let rule): objects(rule) + refuse(.wrongType, "\"text\"", "1", "true")
    case .textArray(let countMax, let rule):
      accept(array("\"a\"", countMax), "[]", "[\(quoted(text("é", rule.charactersMax)))]")
        + refuse(.tooManyItems, array("\"a\"", countMax + 1))
        + refuse(.tooLong, "[\(quoted(text("é", rule.charactersMax + 1)))]")
        + refuse(.wrongType, "\"a\"", "[1]", "[null]", "[[\"a\"]]", "{}")
    case .inet:
      accept("\"203.0.113.7\"", "\"\"", "\"2001:db8::1\"", "\"::ffff:192.0.2.1\"")
        + refuse(
          .badAddress, "\"203.0.113.7:80\"", "\"[::1]\"", "\"fe80::1%eth0\"",
          "\"203.0.113.0/24\"", "\"example.com\"", "\"203.0.113.256\"") + refuse(.wrongType, "1")
    case .set: []
    }
  }

  private static let times =
    accept(
      "\"2020-01-01T00:00:00Z\"", "\"2019-12-31T23:59:59-00:01\"", "\"2026-08-21T12:05:00Z\"",
      "\"2026-08-21T12:05:00.000000999Z\"", "\"2026-08-21T09:15:02.123456789+05:30\"")
    + refuse(.tooOld, "\"2019-12-31T23:59:59.999999Z\"", "\"0001-01-01T00:00:00Z\"")
    + refuse(.tooNew, "\"2026-08-21T12:05:00.000001Z\"", "\"9999-12-31T23:59:59Z\"")
    + refuse(
      .badTime, "\"\"", "\"2026-08-21\"", "\"2026-08-21T09:15:02\"", "\"infinity\"",
      "\"2026-02-30T00:00:00Z\"", "\"2026-06-30T23:59:60Z\"") + refuse(.wrongType, "1787303702")

  private static let amounts =
    accept(
      "\"0.000000000001\"", "\"0\"", "\"999999999999.999999999999\"", "0", "1.5",
      "123456789.012345", "0.00000000001", "1e0", "2.5e-05", "\"4.65E-6\"", "\"1e0\"", "1e11",
      "10000000000000e-2")
    + refuse(.costNegative, "\"-0.000000000001\"", "-1")
    + refuse(
      .costPrecision, "\"0.0000000000001\"", "1234567890.123456", "1e-13", "1.5E-12",
      "\"1e-324\"", "1.234567890123456e-3")
    + refuse(
      .outOfRange, "\"1000000000000\"", "1000000000000", quoted(digits(40)), "1e12",
      "\"1e300\"")
    + refuse(
      .badFormat, "\"1e\"", "\"e5\"", "\"1e0.5\"", "\"NaN\"", "\"Infinity\"", "\"\"", "\"-\"",
      "\"01\"", "\"+1\"",
      "\".5\"",
      "\"1.\"", "\"1,5\"", "\" 1\"", "\"1.2.3\"") + refuse(.wrongType, "true", "[1]")

  private static func texts(_ rule: TextRule) -> [BoundCase] {
    let letter = rule.alphabet == .any ? "é" : "a"
    let longest = quoted(text(letter, rule.charactersMax))
    let tooLong = quoted(text(letter, rule.charactersMax + 1))
    var cases = accept(longest)
    if rule.alphabet == .hexadecimal {
      // What is no id is left out.
      return cases
        + accept(
          quoted(text("a", rule.charactersMin - 1)), tooLong, "\"\"", longest.uppercased(),
          quoted(text("g", rule.charactersMax)), quoted(text("0", rule.charactersMax)))
    }
    cases += rule.isTruncated ? accept(tooLong) : refuse(.tooLong, tooLong)
    cases += accept(quoted(text(letter, rule.charactersMin)))
    if rule.charactersMin > 0 { cases += refuse(.empty, "\"\"") }
    switch rule.alphabet {
    case .any: cases += accept("\"\\u0001 \\ud83d\\ude00\"")
    case .printable: cases += accept("\"É €\"") + refuse(.badFormat, "\"a\\u001f\"", "\"\\u007f\"")
    case .lowerCase:
      cases += accept("\"x_ai.é\"", "\"A\"", "\"aZ\"") + refuse(.badFormat, "\"a\\u0001\"")
    case .identifier:
      cases += accept("\"Az09._:@/-\"")
      cases += refuse(
        .badFormat, "\"a b\"", "\"a,b\"", "\"é\"", "\"a;b\"", "\"[\"", "\"`\"", "\"{\"")
    case .hexadecimal: break
    }
    return cases
  }

  private static func objects(_ rule: JSONRule) -> [BoundCase] {
    switch rule.shape {
    case .object:
      accept("{}", "{\"a\":[1,{\"b\":null}]}", sized(rule.bytesMax), nested(rule.depthMax))
        + refuse(.metadataTooLarge, sized(rule.bytesMax + 1))
        + refuse(.tooDeep, nested(rule.depthMax + 1)) + refuse(.wrongType, "[]")
    case .objectOfObjects:
      accept("{}", "{\"role\":{\"old\":null,\"new\":[1]}}") + refuse(.wrongType, "[]", "{\"a\":1}")
        + refuse(.metadataTooLarge, "{\"a\":\(sized(rule.bytesMax - 5))}")
        + accept("{\"a\":\(sized(rule.bytesMax - 6))}", nested(rule.depthMax))
        + refuse(.tooDeep, nested(rule.depthMax + 1))
    case .objectOfTexts(let countMax, let keyMax, let textMax):
      accept("{}", pairs(countMax), "{\(quoted(text("é", keyMax))):\(quoted(text("é", textMax)))}")
        + refuse(.tooManyItems, pairs(countMax + 1))
        + refuse(.tooLong, "{\(quoted(text("k", keyMax + 1))):\"\"}")
        + refuse(.tooLong, "{\"k\":\(quoted(text("v", textMax + 1)))}")
        + refuse(.wrongType, "{\"k\":1}", "{\"k\":null}", "{\"k\":{}}", "[]")
    case .arrayOfObjects(let countMax):
      accept("[]", array("{}", countMax), "[\(sized(rule.bytesMax - 2))]")
        + refuse(.tooManyItems, array("{}", countMax + 1)) + refuse(.wrongType, "{}", "[1]", "[[]]")
        + refuse(.metadataTooLarge, "[\(sized(rule.bytesMax - 1))]")
        + accept("[\(nested(rule.depthMax - 1))]")
        + refuse(.tooDeep, "[\(nested(rule.depthMax))]")
    }
  }

  private static func accept(_ values: String...) -> [BoundCase] { accept(values) }

  private static func accept(_ values: [String]) -> [BoundCase] {
    values.map { BoundCase(json: $0, reason: nil) }
  }

  private static func refuse(_ reason: Reason, _ values: String...) -> [BoundCase] {
    values.map { BoundCase(json: $0, reason: reason) }
  }

  private static func text(_ letter: String, _ count: Int) -> String {
    String(repeating: letter, count: count)
  }

  private static func digits(_ count: Int) -> String { text("9", count) }

  private static func quoted(_ text: String) -> String { "\"\(text)\"" }

  private static func array(_ element: String, _ count: Int) -> String {
    "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
  }

  private static func pairs(_ count: Int) -> String {
    "{" + (0..<count).map { "\"k\($0)\":\"v\"" }.joined(separator: ",") + "}"
  }

  /// An object of so many bytes.
  private static func sized(_ bytes: Int) -> String {
    "{\"a\":\"" + text("x", bytes - "{\"a\":\"\"}".utf8.count) + "\"}"
  }

  /// Objects inside each other.
  private static func nested(_ depth: Int) -> String {
    text("{\"a\":", depth - 1) + "{}" + text("}", depth - 1)
  }
}
