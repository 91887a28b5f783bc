import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { buildRehearsalSchema, Semaphore } from '@winnow/contracts';
import type { BuildRehearsal } from '@winnow/contracts';
import { z } from 'zod';
import { HttpError } from '../server/answer-errors';
import { stepArguments } from '../steps/step-arguments';
import type { WinnowProgram } from '../steps/winnow-program';

const failureSchema = z.object({ error: z.object({ message: z.string(), next: z.string().nullable() }) });

/** Plans builds by `winnow build --dry-run`, in a process of its own and one after another: a large project is planned for minutes. */
export class BuildRehearsals {
  readonly #program: WinnowProgram;
  readonly #projectFile: string;
  readonly #turns = new Semaphore(1);

  /** @param projectFile as the studio was given it */
  constructor(program: WinnowProgram, projectFile: string) {
    this.#program = program;
    this.#projectFile = projectFile;
  }

  /**
   * @param options of the step `build`
   * @param signal nobody waits for it any more
   * @throws ZodError for options that the step does not have, HttpError where it cannot be built so, WinnowError INTERRUPTED
   */
  async plan(options: unknown, signal: AbortSignal): Promise<BuildRehearsal> {
    const flags = [...stepArguments('build', options, this.#projectFile), '--dry-run', '--json'];
    const { executable, before, cwd } = this.#program;
    const said = await this.#turns.run(
      () => promisify(execFile)(executable, [...before, ...flags], { cwd, signal }).catch(failure),
      1,
      signal,
    );
    return buildRehearsalSchema.parse(JSON.parse(said.stdout));
  }
}

function failure(error: { readonly stdout?: string; readonly message: string }): never {
  const said = failureSchema.safeParse(parsed(error.stdout ?? ''));
  if (!said.success) throw new HttpError(500, 'The plan of the build could not be made.');
  const { message, next } = said.data.error;
  throw new HttpError(422, [message, ...(next === null ? [] : [next])].join('. '));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
