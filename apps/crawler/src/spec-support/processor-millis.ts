/** Processor time of a synchronous call, milliseconds: for so long nothing else runs. Other processes do not count. */
export function processorMillis(call: () => unknown): number {
  const before = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
