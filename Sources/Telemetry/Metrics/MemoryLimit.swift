// SPDX-License-Identifier: Apache-2.0

/// What the control groups of this process allow it, as a container or `MemoryMax=` sets it.
package enum MemoryLimit {
  /// Measured at each scrape: a limit can be changed while the process runs.
  static func measure() {
    guard let limit = bytes(readFile: SmallFile.text) else {
      return Metrics.memoryLimit.removeAll()
    }
    Metrics.memoryLimit.set(limit)
  }

  /// The lowest limit of the process's group and those around it, in version 1 or 2; nil without
  /// one.
  package static func bytes(readFile: (String) -> String?) -> Int64? {
    var limits: [Int64] = []
    for line in (readFile("/proc/self/cgroup") ?? "").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let place: (root: String, file: String)
      switch parts[1] {
      case "": place = ("/sys/fs/cgroup", "memory.max")
      case _ where parts[1].split(separator: ",").contains("memory"):
        place = ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
      default: continue
      }
      // Of a container the root is what it has; the groups around it have other names inside.
      var names = parts[2].split(separator: "/")
      while true {
        let folder = ([place.root] + names.map(String.init)).joined(separator: "/")
        if let text = readFile("\(folder)/\(place.file)"),
          let limit = Int64(text.prefix { $0.isNumber }), limit < unlimited
        {
          limits.append(limit)
        }
        if names.popLast() == nil { break }
      }
    }
    return limits.min()
  }

  /// Version 1 says the largest number of pages for none, version 2 `max`.
  private static let unlimited: Int64 = 1 << 60
}
