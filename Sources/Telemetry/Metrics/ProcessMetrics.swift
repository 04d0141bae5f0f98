// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The standard `process_*` metrics, read when asked for.
enum ProcessMetrics {
  static func exposition() -> String {
    var text = ""
    func add(_ name: String, _ kind: String, _ help: String, _ value: Double?) {
      guard let value else { return }
      text += MetricText.header(name, kind, help) + "\(name) \(MetricText.number(value))\n"
    }
    add(
      "process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.",
      cpuSeconds())
    let pages = statm()
    add(
      "process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", pages?.virtualBytes)
    add(
      "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.",
      pages?.residentBytes)
    add("process_open_fds", "gauge", "Number of open file descriptors.", openDescriptors())
    add(
      "process_max_fds", "gauge", "Maximum number of open file descriptors.", descriptorsMax())
    add(
      "process_start_time_seconds", "gauge",
      "Start time of the process since unix epoch in seconds.", startSeconds)
    return text
  }

  /// Read once, at the first use early in the life of the process.
  static let startSeconds = WallClock.unixSeconds()

  private static func cpuSeconds() -> Double? {
    var usage = rusage()
    guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  private static func descriptorsMax() -> Double? {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      return nil
    }
    return Double(limit.rlim_cur)
  }

  private static func openDescriptors() -> Double? {
    guard let directory = unsafe opendir("/proc/self/fd") else { return nil }
    defer { unsafe closedir(directory) }
    var count = 0.0
    while unsafe readdir(directory) != nil { count += 1 }
    return count - 3  // ".", ".." and the directory itself
  }

  private static func statm() -> (virtualBytes: Double, residentBytes: Double)? {
    guard let text = SmallFile.text("/proc/self/statm") else { return nil }
    let fields = text.split(separator: " ").prefix(2).compactMap { Double($0) }
    guard fields.count == 2 else { return nil }
    let pageBytes = Double(sysconf(Int32(_SC_PAGESIZE)))
    return (fields[0] * pageBytes, fields[1] * pageBytes)
  }
}
