// SPDX-License-Identifier: Apache-2.0

/// Bytes of PostgreSQL's COPY BINARY format, appended field by field.
///
/// The storage grows by doubling and is kept by `removeAll`, so that a buffer that is used again
/// and again stops allocating. Integers are written in network order (PostgreSQL manual, COPY,
/// "Binary Format"; `pqformat.c`). Not thread-safe; it may be moved between threads.
package struct CopyBuffer: ~Copyable, @unchecked Sendable {
  // Sendable: the storage has one owner, and moving the value moves the ownership with it.
  private var storage: UnsafeMutableRawPointer
  private var capacity: Int
  /// Bytes appended so far.
  package private(set) var count = 0

  package init(capacity: Int = 4096) {
    self.capacity = max(capacity, 64)
    storage = .allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit {
    storage.deallocate()
  }

  /// Valid until the next mutation.
  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: storage, count: count)
  }

  package mutating func removeAll() {
    count = 0
  }

  /// Takes back everything after `mark`, an earlier value of `count`.
  package mutating func truncate(to mark: Int) {
    precondition((0...count).contains(mark), "a mark lies within the buffer")
    count = mark
  }

  /// Gives storage above `bytesMax` back, so that one giant batch does not stay in memory.
  package mutating func shrink(toCapacity bytesMax: Int) {
    guard capacity > bytesMax, count <= bytesMax else { return }
    reallocate(max(bytesMax, 64))
  }

  /// Appends raw bytes.
  package mutating func append(bytes source: UnsafeRawBufferPointer) {
    guard let base = source.baseAddress else { return }
    reserve(source.count)
    (storage + count).copyMemory(from: base, byteCount: source.count)
    count += source.count
  }

  package mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(raw value: Value) {
    reserve(MemoryLayout<Value>.size)
    (storage + count).storeBytes(of: value.bigEndian, as: Value.self)
    count += MemoryLayout<Value>.size
  }

  /// Appends an integer in the byte order of the machine, for buffers that never leave the process.
  package mutating func append(native value: Int32) {
    append(raw: value.bigEndian)
  }

  /// Overwrites an integer that was appended at `position`.
  package mutating func replace<Value: FixedWidthInteger & BitwiseCopyable>(
    raw value: Value, at position: Int
  ) {
    precondition(
      position >= 0 && position + MemoryLayout<Value>.size <= count,
      "only what was appended can be replaced")
    (storage + position).storeBytes(of: value.bigEndian, as: Value.self)
  }

  private mutating func reserve(_ additional: Int) {
    let needed = count + additional
    if needed > capacity { reallocate(max(needed, capacity * 2)) }
  }

  private mutating func reallocate(_ newCapacity: Int) {
    let larger = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 16)
    larger.copyMemory(from: storage, byteCount: count)
    storage.deallocate()
    storage = larger
    capacity = newCapacity
  }
}
