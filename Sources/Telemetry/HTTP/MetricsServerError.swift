// SPDX-License-Identifier: Apache-2.0

/// The server could not listen: the port is taken, or the address is not one of this machine.
package struct MetricsServerError: Error, CustomStringConvertible {
  package let address: ListenAddress

  package var description: String {
    "cannot listen on \(address): choose a free port and an address of this machine"
  }
}
