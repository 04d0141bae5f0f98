// SPDX-License-Identifier: Apache-2.0
import Telemetry
import Testing

@Suite struct MemoryLimitTests {
  private func limit(_ files: [String: String]) -> Int64? { MemoryLimit.bytes { files[$0] } }

  @Test func theLowestOfAUnitAndItsSlicesCounts() {
    let files = [
      "/proc/self/cgroup": "0::/system.slice/daybook-ingest.service\n",
      "/sys/fs/cgroup/system.slice/daybook-ingest.service/memory.max": "1073741824\n",
      "/sys/fs/cgroup/system.slice/memory.max": "536870912\n",
    ]
    #expect(limit(files) == 536_870_912)
    let key = "/sys/fs/cgroup/system.slice/memory.max"
    #expect(limit(files.merging([key: "max\n"]) { $1 }) == 1_073_741_824)
  }

  @Test func aContainerSeesItsOwnAtTheRoot() {
    #expect(
      limit(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "268435456\n"])
        == 268_435_456)
    // The host's name of the group, which has no folder inside.
    #expect(
      limit([
        "/proc/self/cgroup": "12:pids:/docker/ab\n5:cpu,memory:/docker/ab\n",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes": "134217728\n",
      ]) == 134_217_728)
  }

  @Test(
    arguments: [
      [:], ["/proc/self/cgroup": ""], ["/proc/self/cgroup": "nonsense\n0:x\n"],
      ["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "max\n"],
      ["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "-1\n"],
      [
        "/proc/self/cgroup": "4:memory:/\n",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      ],
    ])
  func withoutALimitThereIsNone(files: [String: String]) {
    #expect(limit(files) == nil)
  }
}
