import type { ProgressSink, ProgressTask } from '@winnow/contracts';
import { MultiBar } from 'cli-progress';
import { durationText } from './figure-texts';
import { Pace } from './pace';
import { printableText } from './printable-text';

/** Where the time comes from; milliseconds. */
interface ProgressClock {
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

/** Progress, and lines that do not run into it. */
export interface ProgressOutput extends ProgressSink {
  /** Writes a line of text: above the bars where some are drawn, whole, however narrow the terminal is. */
  log(line: string): void;
}

/**
 * Progress for a person, with the time that is left: bars on a terminal, elsewhere a line every 10 s; either way a last
 * line for each task.
 */
export function createProgress({ stream, clock }: ProgressOptions): ProgressOutput {
  return stream.isTTY === true ? barSink(stream, clock) : lineSink(stream, clock);
}

function lineSink(stream: NodeJS.WriteStream, clock: ProgressClock): ProgressOutput {
  return {
    log: (line) => void stream.write(`${printableText(line)}\n`),
    start(task): ProgressTask {
      const startedAt = clock.now();
      let lastLineAt = startedAt;
      const pace = new Pace(task.total, () => clock.now());
      let state = { done: 0, detail: '' };
      return {
        update(done, detail) {
          state = { done, detail: detail ?? state.detail };
          pace.update(done);
          if (clock.now() - lastLineAt < LINE_INTERVAL_MILLIS) return;
          lastLineAt = clock.now();
          stream.write(`${describe(task, state, { millis: lastLineAt - startedAt, left: leftText(pace) })}\n`);
        },
        end(how = 'done') {
          stream.write(`${describe(task, state, { millis: clock.now() - startedAt })}, ${how}\n`);
        },
      };
    },
  };
}

/** All running tasks share one MultiBar, which goes when the last of them ends. */
function barSink(stream: NodeJS.WriteStream, clock: ProgressClock): ProgressOutput {
  let bars: MultiBar | undefined;
  let running = 0;
  return {
    log(line) {
      const lines = printableText(line);
      if (bars === undefined) {
        stream.write(`${lines}\n`);
        return;
      }
      // While bars are drawn, the terminal cuts what is longer than a line; what an earlier bar left behind it goes.
      for (const part of lines.split('\n').flatMap((text) => wrap(text, stream.columns))) bars.log(`${part}\u001b[K\n`);
      bars.update();
    },
    start(task): ProgressTask {
      // Ctrl-C belongs to the front door, so the bars install no handler and leave the cursor alone.
      bars ??= new MultiBar({ stream, clearOnComplete: true, gracefulExit: false, hideCursor: false, barsize: 24 });
      running += 1;
      const startedAt = clock.now();
      const bar = bars.create(task.total ?? 0, 0, { left: '', detail: '' }, { format: barFormat(task) });
      const pace = new Pace(task.total, () => clock.now());
      let state = { done: 0, detail: '' };
      let ended = false;
      return {
        update(done, detail) {
          state = { done, detail: detail ?? state.detail };
          pace.update(done);
          bar.update(done, { left: leftText(pace), detail: oneLine(state.detail) });
        },
        end(how = 'done') {
          if (ended) return;
          ended = true;
          const line = `${describe(task, state, { millis: clock.now() - startedAt })}, ${how}\n`;
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
  return `${plain(label)}  {bar}  {value}/{total} ${plain(unit)}  {left}  {detail}`;
}

function describe(
  { label, total, unit }: TaskSpec,
  state: { readonly done: number; readonly detail: string },
  { millis, left = '' }: { readonly millis: number; readonly left?: string },
): string {
  const count = total === undefined ? `${state.done} ${unit}` : `${state.done}/${total} ${unit}`;
  const percent = total === undefined || total === 0 ? '' : ` (${Math.floor((100 * state.done) / total)} %)`;
  const rest = [left, state.detail].filter((text) => text !== '').map((text) => `, ${text}`);
  return oneLine(`${label}: ${count}${percent} in ${durationText(millis)}${rest.join('')}`);
}

/** `2 min 5 s left`; empty while nothing can be said, and at the end. */
function leftText(pace: Pace): string {
  const millis = pace.leftMillis();
  return millis === null ? '' : `${durationText(millis)} left`;
}

const USUAL_COLUMNS = 80;

/**
 * Lines of at most `width` characters, broken between words where there are any.
 * @param width of the terminal; 0 where it does not know
 */
function wrap(text: string, width = 0): string[] {
  const columns = width > 0 ? width : USUAL_COLUMNS;
  const lines: string[] = [];
  let rest = text;
  while (rest.length > columns) {
    const space = rest.lastIndexOf(' ', columns);
    const end = space > 0 ? space : columns;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

/** Text from the web must not move the cursor or colour the terminal. */
function oneLine(text: string): string {
  return printableText(text).replace(/[\t\n]+/g, ' ');
}
