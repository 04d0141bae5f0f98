// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Asks again and again until the answer is yes; false when the time is over.
package func eventually(seconds: Int = 30, _ condition: () throws -> Bool) rethrows -> Bool {
  try eventually(within: .seconds(seconds), condition)
}

package func eventually(within time: Duration, _ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = ContinuousClock.now + time
  while ContinuousClock.now < deadline {
    if try condition() { return true }
    usleep(10_000)
  }
  return try condition()
}

/// For scenarios whose input is time itself: no event says that it has passed.
package func pause(_ time: Duration, because _: StaticString) {
  usleep(UInt32(time / .microseconds(1)))
}
