/**
 * Nothing that meets text of others may hold the event loop for longer. At rest the slowest takes under 200 ms; slow and shared
 * processors have taken 540, and what is quadratic takes minutes of a megabyte.
 */
export const MAX_STALL_MILLIS = 1000;

/**
 * Processor time of a synchronous call, milliseconds: for so long nothing else runs. Other processes do not count;
 * compilers and collectors of garbage do, so that a call over the limit is made again, 3 times at most, and the fastest
 * one is it.
 */
export function stallMillis(call: () => unknown): number {
  let millis = Infinity;
  for (let calls = 0; calls < 3 && millis > MAX_STALL_MILLIS; calls += 1) {
    const before = process.cpuUsage();
    call();
    const { user, system } = process.cpuUsage(before);
    millis = Math.min(millis, (user + system) / 1000);
  }
  return millis;
}
