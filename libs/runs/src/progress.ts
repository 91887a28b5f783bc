import type { ProgressSink, ProgressTask } from '@winnow/contracts';
import { MultiBar } from 'cli-progress';
import { printableText } from './printable-text';

/** Where the time comes from; milliseconds. */
export interface ProgressClock {
  now(): number;
}

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream;
  readonly clock: ProgressClock;
}

interface TaskSpec {
  readonly label: string;
  readonly total?: number;
  readonly unit: string;
}

const LINE_INTERVAL_MILLIS = 10_000;

/** Progress for a person: bars on a terminal, elsewhere a line every 10 s; either way a last line for each task. */
export function createProgress({ stream, clock }: ProgressOptions): ProgressSink {
  return stream.isTTY === true ? barSink(stream, clock) : lineSink(stream, clock);
}

function lineSink(stream: NodeJS.WriteStream, clock: ProgressClock): ProgressSink {
  return {
    start(task): ProgressTask {
      const startedAt = clock.now();
      let lastLineAt = startedAt;
      let state = { done: 0, detail: '' };
      return {
        update(done, detail) {
          state = { done, detail: detail ?? state.detail };
          if (clock.now() - lastLineAt < LINE_INTERVAL_MILLIS) return;
          lastLineAt = clock.now();
          stream.write(`${describe(task, state, lastLineAt - startedAt)}\n`);
        },
        end(how = 'done') {
          stream.write(`${describe(task, state, clock.now() - startedAt)}, ${how}\n`);
        },
      };
    },
  };
}

/** All running tasks share one MultiBar, which goes when the last of them ends. */
function barSink(stream: NodeJS.WriteStream, clock: ProgressClock): ProgressSink {
  let bars: MultiBar | undefined;
  let running = 0;
  return {
    start(task): ProgressTask {
      // Ctrl-C belongs to the front door, so the bars install no handler and leave the cursor alone.
      bars ??= new MultiBar({ stream, clearOnComplete: true, gracefulExit: false, hideCursor: false, barsize: 24 });
      running += 1;
      const startedAt = clock.now();
      const bar = bars.create(task.total ?? 0, 0, { detail: '' }, { format: barFormat(task) });
      let state = { done: 0, detail: '' };
      let ended = false;
      return {
        update(done, detail) {
          state = { done, detail: detail ?? state.detail };
          bar.update(done, { detail: oneLine(state.detail) });
        },
        end(how = 'done') {
          if (ended) return;
          ended = true;
          const line = `${describe(task, state, clock.now() - startedAt)}, ${how}\n`;
          running -= 1;
          bars?.remove(bar);
          if (running > 0) {
            bars?.log(line);
            return;
          }
          bars?.stop();
          bars = undefined;
          stream.write(line);
        },
      };
    },
  };
}

function barFormat({ label, total, unit }: TaskSpec): string {
  const plain = (text: string): string => oneLine(text).replace(/[{}]/g, '');
  if (total === undefined) return `${plain(label)}  {value} ${plain(unit)}  {detail}`;
  return `${plain(label)}  {bar}  {value}/{total} ${plain(unit)}  {detail}`;
}

function describe({ label, total, unit }: TaskSpec, state: { done: number; detail: string }, millis: number): string {
  const count = total === undefined ? `${state.done} ${unit}` : `${state.done}/${total} ${unit}`;
  const percent = total === undefined || total === 0 ? '' : ` (${Math.floor((100 * state.done) / total)} %)`;
  const detail = state.detail === '' ? '' : `, ${state.detail}`;
  return oneLine(`${label}: ${count}${percent} in ${duration(millis)}${detail}`);
}

function duration(millis: number): string {
  const seconds = Math.round(millis / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** Text from the web must not move the cursor or colour the terminal. */
function oneLine(text: string): string {
  return printableText(text).replace(/[\t\n]+/g, ' ');
}
