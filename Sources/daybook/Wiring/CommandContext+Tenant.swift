// SPDX-License-Identifier: Apache-2.0
import Books
import Postgres
import Sysexits

extension CommandContext {
  /// Throws with the nearest names when nothing is known of the tenant: an empty answer would say
  /// that it costs nothing.
  func requireTenant(_ name: String?) throws(CommandError) {
    guard let name else { return }
    let others = try withBooks(database) { (books) throws(PostgresError) in
      try books.tenantNames(unlessKnown: name)
    }
    guard let others else { return }
    let near = Suggestion.nearestFew(to: name, among: others)
    throw CommandError(
      .noInput,
      "there is no tenant \(name)"
        + (near.isEmpty ? "" : " (did you mean \(near.joined(separator: " or "))?)")
        + ": names are exact, as the records have them")
  }
}
