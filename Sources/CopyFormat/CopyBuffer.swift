// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Bytes of PostgreSQL's COPY BINARY format, appended field by field.
///
/// The storage grows by doubling and is kept by `removeAll`, so that a buffer that is used again
/// and again stops allocating. Integers are written in network order (PostgreSQL manual, COPY,
/// "Binary Format"; `pqformat.c`). Not thread-safe; it may be moved between threads.
@frozen public struct CopyBuffer: ~Copyable, @unchecked Sendable {
  // Sendable: the storage has one owner, and moving the value moves the ownership with it.
  @usableFromInline var storage: UnsafeMutableRawPointer
  @usableFromInline var capacity: Int
  @usableFromInline var used = 0

  /// Bytes appended so far.
  @inlinable public var count: Int { used }

  package init(capacity: Int = 4096) {
    self.capacity = max(capacity, 64)
    storage = Self.allocated(malloc(self.capacity))
  }

  deinit {
    free(storage)
  }

  /// Valid until the next mutation.
  @inlinable public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: storage, count: used)
  }

  @inlinable public mutating func removeAll() {
    used = 0
  }

  /// Takes back everything after `mark`, an earlier value of `count`.
  package mutating func truncate(to mark: Int) {
    precondition((0...used).contains(mark), "a mark lies within the buffer")
    used = mark
  }

  /// Gives storage above `bytesMax` back, so that one giant batch does not stay in memory.
  package mutating func shrink(toCapacity bytesMax: Int) {
    guard capacity > bytesMax, used <= bytesMax else { return }
    reallocate(max(bytesMax, 64))
  }

  /// Appends raw bytes.
  @inlinable @inline(__always) public mutating func append(bytes source: UnsafeRawBufferPointer) {
    guard let base = source.baseAddress else { return }
    reserve(source.count)
    (storage + used).copyMemory(from: base, byteCount: source.count)
    used &+= source.count
  }

  @inlinable @inline(__always)
  public mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(raw value: Value) {
    reserve(MemoryLayout<Value>.size)
    (storage + used).storeBytes(of: value.bigEndian, as: Value.self)
    used &+= MemoryLayout<Value>.size
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
      position >= 0 && position + MemoryLayout<Value>.size <= used,
      "only what was appended can be replaced")
    (storage + position).storeBytes(of: value.bigEndian, as: Value.self)
  }

  @inlinable @inline(__always) mutating func reserve(_ additional: Int) {
    if used + additional > capacity { grow(toHold: used + additional) }
  }

  @usableFromInline @inline(never) mutating func grow(toHold needed: Int) {
    reallocate(max(needed, capacity * 2))
  }

  /// The C library moves the pages of what is large instead of its bytes: nothing is copied, and
  /// old and new are never in memory together.
  private mutating func reallocate(_ newCapacity: Int) {
    storage = Self.allocated(realloc(storage, newCapacity))
    capacity = newCapacity
  }

  /// Ends the process without memory, as every allocation of Swift does.
  private static func allocated(_ storage: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer {
    guard let storage else { preconditionFailure("out of memory") }
    return storage
  }
}
