// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A terminal of a given width that nobody looks at.
struct PseudoTerminal: ~Copyable {
  private let master: Int32
  let descriptor: Int32

  /// `TIOCSPTLCK` and `TIOCGPTN` of Linux, which its C headers keep from Swift.
  private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

  private init(_ master: Int32, _ descriptor: Int32) {
    self.master = master
    self.descriptor = descriptor
  }

  /// Nil where there is none.
  static func open(columns: UInt16) -> PseudoTerminal? {
    let master = Foundation.open("/dev/ptmx", O_RDWR | O_NOCTTY)
    guard master >= 0 else { return nil }
    var isLocked: Int32 = 0
    var number: Int32 = 0
    _ = ioctl(master, setLock, &isLocked)
    _ = ioctl(master, getNumber, &number)
    let terminal = PseudoTerminal(
      master, Foundation.open("/dev/pts/\(number)", O_RDWR | O_NOCTTY))
    var size = winsize()
    size.ws_row = 24
    size.ws_col = columns
    guard ioctl(terminal.descriptor, UInt(TIOCSWINSZ), &size) == 0 else { return nil }
    return terminal
  }

  deinit {
    close(master)
    if descriptor >= 0 { close(descriptor) }
  }

  /// What was written so far; less than the buffer of a terminal.
  func written() -> String {
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
    while case let count = read(master, &piece, piece.count), count > 0 {
      text += piece.prefix(count)
    }
    return String(decoding: text, as: UTF8.self)
      .replacingOccurrences(of: "\r\n", with: "\n")
  }
}
