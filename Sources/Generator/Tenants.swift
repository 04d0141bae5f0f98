// SPDX-License-Identifier: Apache-2.0

/// Names of generated tenants, in order of size.
enum Tenants {
  private static let companies = [
    "acme", "globex", "initech", "umbra-health", "northwind", "contoso", "stark-labs", "wayne-fin",
    "hooli", "vandelay", "wonka", "cyberdyne", "tyrell", "soylent", "oscorp", "gringotts",
    "monarch", "pied-piper", "bluth", "duff", "dunder", "sterling", "prestige", "zorg", "abstergo",
  ]
  private static let regions = ["", "-eu", "-us", "-apac"]

  static func names(count: Int) -> [[UInt8]] {
    (0..<count).map { index in
      let company = companies[index % companies.count]
      let round = index / companies.count
      let suffix = round < regions.count ? regions[round] : "-\(round)"
      return Array((company + suffix).utf8)
    }
  }
}
