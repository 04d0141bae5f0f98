// SPDX-License-Identifier: Apache-2.0
import Digest
import Files
import Glibc

/// The data file while it is written: its digest so far, and the state to go on from.
struct ExportFile: ~Copyable {
  private let target: ExportTarget
  private let fingerprint: String
  private var file: AtomicFile
  private var hash = SHA256Stream()
  /// Nil until the content was checkpointed, by this process or the one before it.
  private var state: ExportState?

  private static let chunkBytes = 1 << 20

  var byteCount: Int64 { file.byteCount }
  var sha256: String { hash.current }

  init(_ target: ExportTarget, fingerprint: String) throws(FileError) {
    self.target = target
    self.fingerprint = fingerprint
    file = try AtomicFile(directory: target.directory, name: target.name, keepsContent: true)
  }

  /// What an unfinished export of the same data has left, or nil; `notice` says why it is of no
  /// use.
  mutating func resume(_ notice: (String) -> Void) throws(FileError) -> ExportState? {
    let unfinished = ExportState.read(target.statePath)
    var problem: String?
    if let unfinished, unfinished.fingerprint == fingerprint {
      problem = try adopt(unfinished) ? nil : "its file is not what was written"
    } else if unfinished != nil {
      problem = "the data or the request have changed since"
    }
    if let unfinished, problem == nil { return unfinished }
    if let problem { notice("an unfinished export of \(target.name) starts over: \(problem)") }
    try file.resume(at: 0)
    hash = SHA256Stream()
    state = nil
    return nil
  }

  private mutating func adopt(_ unfinished: ExportState) throws(FileError) -> Bool {
    var status = stat()
    guard unsafe fstat(file.descriptor, &status) == 0, Int64(status.st_size) >= unfinished.byteCount
    else {
      return false
    }
    let buffer = RawBuffer(byteCount: Self.chunkBytes)
    var offset: Int64 = 0
    while offset < unfinished.byteCount {
      let wanted = Int(min(Int64(Self.chunkBytes), unfinished.byteCount - offset))
      let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[..<wanted])
      guard unsafe SystemCall.read(file.descriptor, into: piece, at: offset) == wanted else {
        throw SystemCall.failure("read", file.temporaryPath)
      }
      unsafe hash.update(UnsafeRawBufferPointer(piece))
      offset += Int64(wanted)
    }
    guard hash.current == unfinished.sha256 else { return false }
    try file.resume(at: unfinished.byteCount)
    state = unfinished
    return true
  }

  mutating func append(_ bytes: [UInt8]) throws(FileError) {
    try file.append(bytes)
    unsafe bytes.withUnsafeBytes { unsafe hash.update($0) }
  }

  /// Puts what there is on the disk, and notes that the next process can go on behind `key`.
  mutating func checkpoint(key: [String], tally: ExportTally) throws(FileError) {
    try file.sync()
    let state = ExportState(
      fingerprint: fingerprint, key: key, byteCount: file.byteCount, sha256: hash.current,
      tally: tally)
    var note = try AtomicFile(directory: target.directory, name: target.stateName)
    try note.append(Array(state.text.utf8))
    try note.commit()
    self.state = state
  }

  /// Ends without a result: what was checkpointed is left for the next process.
  mutating func leave() {
    if state == nil { file.discard() } else { file.keep() }
  }

  /// Gives the file its name; a manifest of the file before it is gone by then.
  mutating func publish() throws(FileError) {
    try file.sync()
    unsafe unlink(target.manifestPath)
    try file.giveName()
    try SystemCall.syncDirectory(target.directory)
  }
}
