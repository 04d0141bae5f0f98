// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A terminal of a given width that nobody looks at.
package struct PseudoTerminal: ~Copyable {
  /// The device that a process opens.
  package let path: String
  package let descriptor: Int32
  private let master: Int32

  /// `TIOCSPTLCK` and `TIOCGPTN` of Linux, which its C headers keep from Swift.
  private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

  private init(_ master: Int32, _ path: String) {
    self.master = master
    self.path = path
    descriptor = unsafe Glibc.open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
  }

  /// Nil where there is none.
  package static func open(columns: UInt16) -> PseudoTerminal? {
    let master = unsafe Glibc.open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard master >= 0 else { return nil }
    var isLocked: Int32 = 0
    var number: Int32 = 0
    _ = unsafe ioctl(master, setLock, &isLocked)
    _ = unsafe ioctl(master, getNumber, &number)
    let terminal = PseudoTerminal(master, "/dev/pts/\(number)")
    var size = winsize()
    size.ws_row = 24
    size.ws_col = columns
    guard unsafe ioctl(terminal.descriptor, UInt(TIOCSWINSZ), &size) == 0 else { return nil }
    return terminal
  }

  /// Hangs up.
  deinit {
    close(master)
    if descriptor >= 0 { close(descriptor) }
  }

  /// What was written so far; less than the buffer of a terminal.
  package func written() -> String {
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
    while case let count = unsafe read(master, &piece, piece.count), count > 0 {
      text += piece.prefix(count)
    }
    return String(decoding: text, as: UTF8.self).replacing("\r\n", with: "\n")
  }
}
