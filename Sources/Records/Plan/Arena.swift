// SPDX-License-Identifier: Apache-2.0

/// Memory that lives as long as its owner: the compiled form of a stream, free of references.
final class Arena {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit {
    for block in blocks { block.deallocate() }
  }

  func bytes(count: Int) -> UnsafeMutableRawBufferPointer {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 16)
    if let base = block.baseAddress { blocks.append(base) }
    return UnsafeMutableRawBufferPointer(rebasing: block[..<count])
  }

  func copy(_ text: String) -> UnsafeRawBufferPointer {
    let copy = bytes(count: text.utf8.count)
    copy.copyBytes(from: text.utf8)
    return UnsafeRawBufferPointer(copy)
  }

  func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
    let copy = bytes(count: MemoryLayout<Element>.stride * elements.count)
      .bindMemory(to: Element.self)
    _ = copy.initialize(from: elements)
    return UnsafeBufferPointer(copy)
  }

  func allocate<Element: BitwiseCopyable>(
    repeating element: Element, count: Int
  ) -> UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(mutating: copy([Element](repeating: element, count: count)))
  }
}
