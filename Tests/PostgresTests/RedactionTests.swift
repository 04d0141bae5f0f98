// SPDX-License-Identifier: Apache-2.0
import Postgres
import Testing

/// No connection string, however wrong, shows a secret: neither printed nor in an error.
struct RedactionTests {
  static let nasty = [
    "postgresql://user:SECRET@127.0.0.1:1/db",
    "postgres://user:SECRET@127.0.0.1:1/db?sslmode=disable",
    "postgres://user:xx@SECRET@127.0.0.1:1/db",
    "postgres://user:@SECRET@127.0.0.1:1/db",
    "postgres://user:xx/SECRET@127.0.0.1:1/db",
    "postgres://user:12/SECRET@127.0.0.1:1/db",
    "postgres://user:xx?SECRET@127.0.0.1:1/db",
    "postgres://user:xx#SECRET@127.0.0.1:1/db",
    "postgres://user:12?SECRET=x@127.0.0.1/db",
    "postgres://user:xx:SECRET@127.0.0.1:1/db",
    "postgres://user:%zzSECRET@127.0.0.1:1/db",
    "postgres://user:%00SECRET@127.0.0.1:1/db",
    "postgres://user:[SECRET@127.0.0.1:1/db",
    "postgres://127.0.0.1:1/db?user=u&password=SECRET",
    "postgres://127.0.0.1:1/db?password=SECRET&nosuch=1",
    "postgres://user:SECRET@[::1/db",
    "postgres://user:SECRET@127.0.0.1:port/db",
    "http://user:SECRET@127.0.0.1:1/db",
    "user:SECRET@127.0.0.1:1/db",
    "host=127.0.0.1 port=1 password=SECRET",
    "host=127.0.0.1 port=1 password='xx SECRET'",
    "host=127.0.0.1 port=1 password=xx SECRET",
    "host=127.0.0.1 port=1 password='SECRET",
    "host=127.0.0.1 port=1 passwrod=SECRET",
    "host=127.0.0.1 port=1 SECRET=x",
    "host=127.0.0.1 port=1 sslpassword=SECRET",
    "host=127.0.0.1 port=1 dbname='postgres://u:SECRET@h/db'",
    "host=127.0.0.1 port=1 dbname='password=SECRET'",
    "host=127.0.0.1 port=SECRET",
    "host=xx@SECRET port=1",
    "host=127.0.0.1 port=1 password=SECRET\0",
  ]

  @Test(arguments: nasty)
  func showsNoSecret(_ conninfo: String) {
    let settings = ConnectionSettings(conninfo: conninfo, applicationName: "t")
    #expect(!settings.description.contains("SECRET"))
    let error = #expect(throws: PostgresError.self) {
      _ = try Connection(settings, deadline: .seconds(5))
    }
    #expect(error?.description.contains("SECRET") == false)
    #expect(error?.message.contains("SECRET") == false)
  }

  @Test func showsWhereItLeads() {
    let settings = ConnectionSettings(
      conninfo: "postgres://me:SECRET@db.example:6432/daybook?sslmode=verify-full",
      applicationName: "t")
    #expect(
      settings.description == "host=db.example port=6432 dbname=daybook user=me sslmode=verify-full"
    )
    let empty = ConnectionSettings(conninfo: "", applicationName: "t")
    #expect(empty.description == "(PG* environment and defaults)")
  }
}
