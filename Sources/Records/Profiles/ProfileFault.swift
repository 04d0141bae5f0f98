// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a profile, and in which line.
package struct ProfileFault: Error, CustomStringConvertible {
  package let message: String
  /// The file and the line, once they are known.
  package var place = ""

  init(_ message: String) {
    self.message = message
  }

  func at(_ place: String) -> ProfileFault {
    var fault = self
    if fault.place.isEmpty { fault.place = place }
    return fault
  }

  package var description: String { place.isEmpty ? message : "\(place): \(message)" }
}
