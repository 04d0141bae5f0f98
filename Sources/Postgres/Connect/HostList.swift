// SPDX-License-Identifier: Apache-2.0

/// The hosts that a connection string names, in libpq's three lists of one length.
///
/// libpq itself goes on to the next host when one refuses, and never when one says nothing: that
/// belongs to its blocking functions.
struct HostList {
  private var hosts: [String]
  private var addresses: [String]
  private var ports: [String]

  /// As they are in force: of the string, the environment, the service file or by default.
  init(_ options: [String: String]) {
    func list(_ keyword: String) -> [String] {
      (options[keyword] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        .map(String.init)
    }
    hosts = list("host")
    addresses = options["hostaddr"] == nil ? [] : list("hostaddr")
    ports = list("port")
    if ports.count == 1 { ports = Array(repeating: ports[0], count: count) }
  }

  var count: Int { max(hosts.count, addresses.count) }

  /// Those behind this one, then those before it; nil when there are no others.
  func others(than host: String, port: String) -> HostList? {
    let silent = (0..<count).first { index in
      [Self.item(hosts, index), Self.item(addresses, index)].contains(host)
        && [port, ""].contains(Self.item(ports, index))
    }
    guard count > 1, let silent else { return nil }
    let order = Array(silent + 1..<count) + Array(0..<silent)
    var others = self
    others.hosts = order.compactMap { Self.item(hosts, $0) }
    others.addresses = order.compactMap { Self.item(addresses, $0) }
    others.ports = order.compactMap { Self.item(ports, $0) }
    return others
  }

  /// What libpq takes; stands behind the user's string, and wins.
  var parameters: [(String, String)] {
    [("host", hosts), ("hostaddr", addresses), ("port", ports)].filter { !$0.1.isEmpty }
      .map { ($0.0, $0.1.joined(separator: ",")) }
  }

  private static func item(_ list: [String], _ index: Int) -> String? {
    list.indices.contains(index) ? list[index] : nil
  }
}
