// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Says when librdkafka's queue of fetched records was full and is half empty again, by its number
/// of records and the mean size of those that were taken out: over many, so that one large record
/// makes no queue of small ones full.
struct FetchQueue {
  /// `queued.max.messages.kbytes`: from here on nothing is fetched.
  let byteCountMax: Int
  private var takenCount = 0
  private var takenBytes = 0
  /// Of a record; the looks before the last one count seven eighths.
  private var meanBytes = 0
  private var wasFull = false

  init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

  mutating func took(_ byteCount: Int) {
    takenCount += 1
    takenBytes += byteCount
  }

  /// True once after it was full. Three quarters count as full: the mean is not exact.
  mutating func isHalfEmpty(recordCount: Int) -> Bool {
    if takenCount > 0 {
      let mean = takenBytes / takenCount
      meanBytes = meanBytes == 0 ? mean : meanBytes + (mean - meanBytes) / 8
      takenCount = 0
      takenBytes = 0
    }
    let (byteCount, isOver) = recordCount.multipliedReportingOverflow(by: meanBytes)
    if isOver || byteCount >= byteCountMax / 4 * 3 {
      wasFull = true
    } else if wasFull, byteCount <= byteCountMax / 2 {
      wasFull = false
      return true
    }
    return false
  }
}

extension Consumer {
  /// Has the brokers' threads look whether there is room in the queue, when it was full and is half
  /// empty. To be called every few hundred records.
  ///
  /// A thread that finds the queue full looks again after a second, or when something else is to be
  /// sent to its broker. Before librdkafka 2.2 that second cannot be set
  /// (`fetch.queue.backoff.ms`), so something else is sent: the question where the logs end. Blocks
  /// until the answers are there, at most 100 ms, and not again within a second of that.
  package func keepFetching() {
    guard fetchQueue.isHalfEmpty(recordCount: client.live.queuedCount), !context.assigned.isEmpty,
      ContinuousClock.now >= fetchesByItselfUntil
    else { return }
    do throws(KafkaError) {
      _ = try LogEnd.latest.offsets(
        client.live, of: context.assigned, timeoutMilliseconds: Self.answerMilliseconds)
    } catch {
      fetchesByItselfUntil = .now + .seconds(1)
    }
  }

  private static let answerMilliseconds: Int32 = 100
}
