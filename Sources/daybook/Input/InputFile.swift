// SPDX-License-Identifier: Apache-2.0
import Archive
import Files
import Glibc
import Sysexits

/// The bytes of a file or of standard input; what is gzip or zstd, by its first bytes, is
/// decompressed.
final class InputFile {
  private static let chunkBytes = 1 << 18

  let name: String
  private let descriptor: Int32
  private var chunk = [UInt8](repeating: 0, count: chunkBytes)
  /// What was read and not given out.
  private var rest = 0..<0
  private var isAtEnd = false
  private var inflater: (any Inflater)?

  /// `-` is standard input.
  init(path: String) throws(CommandError) {
    name = path
    descriptor = unsafe path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CommandError(
        .noInput, unsafe "cannot read \(path): \(String(cString: strerror(errno))): check the path")
    }
    while rest.count < Compression.magicBytesMax, !isAtEnd { try fill() }
    do throws(FileError) {
      inflater = try Compression(chunk[rest])?.inflater()
    } catch {
      throw CommandError(error)
    }
  }

  deinit { close(descriptor) }

  /// Returns how many bytes were written; 0 at the end.
  func read(into output: UnsafeMutableRawBufferPointer) throws(CommandError) -> Int {
    while true {
      if rest.isEmpty, !isAtEnd {
        rest = 0..<0
        try fill()
      }
      let count = try unsafe give(output)
      if count > 0 { return count }
      guard rest.isEmpty, isAtEnd else { continue }
      if let inflater, !inflater.isAtBoundary {
        throw CommandError(.data, "\(name) ends within its compressed data: copy it again")
      }
      return 0
    }
  }

  private func give(_ output: UnsafeMutableRawBufferPointer) throws(CommandError) -> Int {
    let result = unsafe chunk.withUnsafeBytes { bytes -> Result<Int, FileError> in
      var input = unsafe UnsafeRawBufferPointer(rebasing: bytes[rest])
      guard let inflater else {
        let count = min(input.count, output.count)
        unsafe output.copyMemory(from: UnsafeRawBufferPointer(rebasing: input.prefix(count)))
        rest = rest.lowerBound + count..<rest.upperBound
        return .success(count)
      }
      return Result { () throws(FileError) in
        let count = try unsafe inflater.inflate(&input, into: output)
        rest = rest.upperBound - input.count..<rest.upperBound
        return count
      }
    }
    do throws(FileError) {
      return try result.get()
    } catch {
      throw CommandError(.data, "\(name): \(error)")
    }
  }

  private func fill() throws(CommandError) {
    let end = rest.upperBound
    let count = unsafe chunk.withUnsafeMutableBytes { bytes in
      unsafe readRetrying(descriptor, UnsafeMutableRawBufferPointer(rebasing: bytes[end...]))
    }
    guard count >= 0 else {
      throw CommandError(
        .inputOutput, unsafe "cannot read \(name): \(String(cString: strerror(errno)))")
    }
    rest = rest.lowerBound..<end + count
    isAtEnd = count == 0
  }
}

private func readRetrying(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
  while true {
    let count = unsafe read(descriptor, bytes.baseAddress, bytes.count)
    if count >= 0 || errno != EINTR { return count }
  }
}
