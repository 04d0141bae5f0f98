// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What poll(2) is asked for and what it answers.
struct SocketEvents: OptionSet {
  let rawValue: Int16

  static let readable = SocketEvents(rawValue: Int16(POLLIN))
  static let writable = SocketEvents(rawValue: Int16(POLLOUT))
  static let none: SocketEvents = []
}

enum Socket {
  /// Waits until the socket is ready; `.none` when the deadline passes first.
  ///
  /// An error or hang-up counts as ready: the next read or write of libpq reports it.
  static func wait(
    _ descriptor: Int32, for events: SocketEvents, until deadline: Deadline
  ) throws(PostgresError) -> SocketEvents {
    while true {
      let milliseconds = deadline.remainingMilliseconds
      let ready = try poll(descriptor, for: events, milliseconds: milliseconds)
      if ready != .none || deadline.hasPassed { return ready }
    }
  }

  /// One poll(2), repeated only when a signal interrupts it.
  static func poll(
    _ descriptor: Int32, for events: SocketEvents, milliseconds: Int32
  ) throws(PostgresError) -> SocketEvents {
    var request = pollfd(fd: descriptor, events: events.rawValue, revents: 0)
    let count = unsafe Glibc.poll(&request, 1, milliseconds)
    if count < 0, errno != EINTR {
      throw PostgresError(.connectionFailure, "poll failed with errno \(errno)", phase: .unanswered)
    }
    guard count > 0 else { return .none }
    let happened = SocketEvents(rawValue: request.revents).intersection(events)
    return happened == .none ? events : happened
  }
}
