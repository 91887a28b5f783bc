import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Of its start, so that a number that is used again is not taken for the same process. */
  readonly startTicks: string;
}

/** Every process that this one started, directly or not, and that has not ended; as `pid start`. Linux only. */
export function runningDescendants(): readonly string[] {
  const processes = runningProcesses();
  const found = new Set([process.pid]);
  // Parents may have higher numbers than their children.
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { pid, parent } of processes) if (found.has(parent)) found.add(pid);
  }
  return processes.filter(({ pid }) => pid !== process.pid && found.has(pid)).map(nameOf);
}

/** Which of these still run, whoever is their parent by now. */
export function stillRunning(names: readonly string[]): readonly string[] {
  const running = new Set(runningProcesses().map(nameOf));
  return names.filter((name) => running.has(name));
}

function nameOf({ pid, startTicks }: Process): string {
  return `${pid} ${startTicks}`;
}

function runningProcesses(): readonly Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The command, in brackets, may hold anything; what follows it does not.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const hasEnded = fields[0] === 'Z' || fields[0] === 'X';
      return hasEnded ? [] : [{ pid: Number(name), parent: Number(fields[1]), startTicks: String(fields[19]) }];
    } catch {
      return [];
    }
  });
}
