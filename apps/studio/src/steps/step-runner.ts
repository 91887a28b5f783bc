import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { StudioStep, StudioStepName } from '@winnow/contracts';
import { printableText } from '@winnow/runs';
import { commandLine } from './step-arguments';
import type { WinnowProgram } from './winnow-program';

/** Ended ones of which the log is kept. */
const MAX_STEPS = 20;
const MAX_AT_ONCE = 2;
const MAX_LINES = 100;
/** Of the end of a log. */
const MAX_TAIL_BYTES = 32_768;

type WantedStep = Pick<StudioStep, 'step' | 'options'>;

type ChangingStep = { -readonly [Name in keyof Omit<StudioStep, 'lines'>]: StudioStep[Name] };

interface StartedStep {
  readonly child: ChildProcess;
  readonly log: string;
  readonly step: ChangingStep;
}

/**
 * Commands that pages started: child processes of lower priority, without a shell. They write into files of their own and
 * are in no group with us, so that one ends at its safe point even where the studio is gone by then.
 */
export class StepRunner {
  readonly #program: WinnowProgram;
  readonly #folder: string;
  readonly #onChange: (step: StudioStepName) => void;
  readonly #started: StartedStep[] = [];
  #isStarting = false;

  /**
   * @param folder of the logs
   * @param onChange called when a step began, is asked to stop or ended
   */
  constructor(program: WinnowProgram, folder: string, onChange: (step: StudioStepName) => void) {
    this.#program = program;
    this.#folder = folder;
    this.#onChange = onChange;
  }

  /** Newest first. */
  async list(): Promise<readonly StudioStep[]> {
    const steps = this.#started.map(async ({ step, log }) => ({ ...step, lines: await lastLines(log) }));
    return (await Promise.all(steps)).reverse();
  }

  /** @throws WinnowError RESOURCE_LIMIT where two are under way, or the same one */
  async start(wanted: WantedStep, argumentList: readonly string[], now: Date): Promise<StudioStep> {
    const running = this.#started.filter(({ step }) => step.state !== 'ended');
    const same = running.find(({ step }) => step.step === wanted.step);
    if (this.#isStarting || running.length >= MAX_AT_ONCE || same !== undefined) {
      const other = same ?? running[0];
      throw new WinnowError('RESOURCE_LIMIT', `\`${other?.step.command ?? 'Another step'}\` is under way`, {
        next: 'Wait until it has ended, or stop it.',
      });
    }
    this.#isStarting = true;
    try {
      return { ...(await this.#spawn(wanted, argumentList, now)), lines: [] };
    } finally {
      this.#isStarting = false;
    }
  }

  /** Asks a step to stop at its next safe point, as Ctrl-C does. @throws WinnowError MISSING_INPUT where it does not run */
  stop(id: string): void {
    const found = this.#started.find(({ step }) => step.id === id && step.state === 'running');
    if (found === undefined) {
      throw new WinnowError('MISSING_INPUT', 'No such step is under way', { next: 'Look at the list of steps again.' });
    }
    this.#interrupt(found);
  }

  /** Asks all of them. */
  stopAll(): void {
    for (const started of this.#started) if (started.step.state === 'running') this.#interrupt(started);
  }

  #interrupt({ step, child }: StartedStep): void {
    step.state = 'stopping';
    child.kill('SIGINT');
    this.#onChange(step.step);
  }

  async #spawn(wanted: WantedStep, argumentList: readonly string[], now: Date): Promise<ChangingStep> {
    const { executable, before, cwd } = this.#program;
    const step: ChangingStep = {
      id: randomUUID(),
      ...wanted,
      command: commandLine(argumentList),
      state: 'running',
      startedAt: now.toISOString(),
      endedAt: null,
      exitCode: null,
      outcome: null,
    };
    await mkdir(this.#folder, { recursive: true });
    const log = path.join(this.#folder, `${step.id}.log`);
    const file = await open(log, 'ax', 0o600);
    try {
      const child = spawn(executable, [...before, ...argumentList], {
        cwd,
        shell: false,
        detached: true,
        stdio: ['ignore', file.fd, file.fd],
      });
      lowerPriority(child);
      // The studio ends when it is told to, whether or not a step runs.
      child.unref();
      child.on('error', (error) => this.#end(step, null, `It could not be started: ${error.message}`));
      child.on('exit', (code, signal) => this.#end(step, code, outcomeText(code, signal)));
      this.#started.push({ child, log, step });
    } finally {
      await file.close();
    }
    // Of those that have ended: what runs is to be stopped, and not begun twice.
    const ended = this.#started.filter((one) => one.step.state === 'ended');
    for (const old of ended.slice(0, Math.max(0, this.#started.length - MAX_STEPS))) {
      this.#started.splice(this.#started.indexOf(old), 1);
      await rm(old.log, { force: true });
    }
    this.#onChange(step.step);
    return step;
  }

  #end(step: ChangingStep, code: number | null, outcome: string): void {
    if (step.state === 'ended') return;
    Object.assign(step, { state: 'ended', exitCode: code, outcome, endedAt: new Date().toISOString() });
    this.#onChange(step.step);
  }
}

/** Pages are to stay quick beside it. */
function lowerPriority({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system does not allow it.
  }
}

async function lastLines(log: string): Promise<readonly string[]> {
  const file = await open(log, 'r').catch(() => null);
  if (file === null) return [];
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, MAX_TAIL_BYTES));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
    const lines = bytes.toString('utf8', 0, bytesRead).trimEnd().split('\n');
    return lines.slice(size > bytes.length ? 1 : 0).slice(-MAX_LINES).map(printableText); // prettier-ignore
  } finally {
    await file.close();
  }
}

/** Exit codes in words (docs/operations.md). */
function outcomeText(code: number | null, signal: NodeJS.Signals | null): string {
  if (code === null) return `It was ended by ${signal ?? 'the system'}; what was stored is kept.`;
  return EXIT_WORDS[code] ?? `It ended with ${code}.`;
}

const EXIT_WORDS: Readonly<Record<number, string>> = {
  0: 'Done.',
  1: 'It failed; the last lines say why.',
  2: 'A flag or the project file is wrong; the last lines say what.',
  3: 'Done in part; what was done is kept.',
  130: 'Stopped at a safe point; the same command goes on.',
};
