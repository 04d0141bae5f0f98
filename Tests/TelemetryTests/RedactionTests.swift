// SPDX-License-Identifier: Apache-2.0
import Telemetry
import Testing

@Suite struct RedactionTests {
  @Test(arguments: [
    ("postgresql://u:secret@db:5432/x", "postgresql://u:***@db:5432/x"),
    ("postgres://u:se/cr@et@db/x", "postgres://u:***@db/x"),
    ("cannot reach postgres://u:secret@db/x today", "cannot reach postgres://u:***@db/x today"),
    ("postgres://u@db/x", "postgres://u@db/x"),
    ("a://u:p1@h b://v:p2@i", "a://u:***@h b://v:***@i"),
    ("host=db password=secret user=u", "host=db password=*** user=u"),
    ("host=db password = 'my se\\'cret' user=u", "host=db password = *** user=u"),
    ("password='unterminated", "password=***"),
    ("PASSWORD=x", "PASSWORD=***"),
    ("sasl.password=geheim,x=1", "sasl.password=***,x=1"),
    ("ssl.key.password=k", "ssl.key.password=***"),
    ("db?user=u&password=secret&sslmode=require", "db?user=u&password=***&sslmode=require"),
    ("password_file=/run/pw", "password_file=/run/pw"),
    ("nothing to hide", "nothing to hide"),
  ])
  func secretsAreMasked(given: String, expected: String) {
    #expect(Redaction.redact(given) == expected)
  }

  @Test func aSecretFieldIsMaskedWhole() {
    let line = LogLine(
      time: "t", level: .info, message: "m", fields: [("sasl.password", "geheim")])
    #expect(line.rendered(as: .json).contains("\"sasl.password\":\"***\""))
    #expect(!line.rendered(as: .text).contains("geheim"))
  }
}
