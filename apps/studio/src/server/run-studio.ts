import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { loadProject } from '@winnow/config';
import { personNameSchema, WinnowError } from '@winnow/contracts';
import type { CommandIo, CommandResult, StudioProof } from '@winnow/contracts';
import { systemErrorCode, writeFileAtomic } from '@winnow/files';
import { z } from 'zod';
import { assembleStudio } from './assemble-studio';
import { loadPageFiles } from './static-page';
import { StudioKeys } from './studio-keys';

export interface StudioOptions {
  /** Undefined: that of last time, where it is free. */
  readonly port: number | undefined;
  /** Whether a browser is shown the link. */
  readonly opensBrowser: boolean;
  readonly isReadOnly: boolean;
  /** Only print a new link to the studio that runs. */
  readonly isLinkOnly: boolean;
  /** That link is for a reviewer of this name. */
  readonly invited?: string | undefined;
}

const HOST = '127.0.0.1';
/** How long a studio may take to show that it is one. */
const PROOF_MILLIS = 5000;

/** Where the studio of a project runs, or ran last. */
const placeSchema = z.object({ port: z.number().int().min(1).max(65_535), pid: z.number().int() });

/**
 * Serves the studio until it is interrupted, which is its good end.
 * @param project the project file as it was given
 * @throws WinnowError as loadProject; USAGE where the port is taken, or for a name that is none; MISSING_INPUT where no studio runs to be linked to
 */
export async function runStudio(
  project: string,
  { port: wanted, opensBrowser, isReadOnly, isLinkOnly, invited }: StudioOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const config = await loadProject(path.resolve(io.cwd, project), { cwd: io.cwd, env: io.env });
  if (invited !== undefined && !personNameSchema.safeParse(invited).success) {
    throw new WinnowError('USAGE', 'That is no name', { where: '--invite', next: 'Give one of at most 100 letters.' });
  }
  const { state } = config.paths;
  const keys = new StudioKeys(state);
  const placeFile = path.join(state, 'studio', 'server.json');
  const last = placeSchema.safeParse(JSON.parse(await readFile(placeFile, 'utf8').catch(() => 'null'))).data;
  const newLink = async (port: number): Promise<CommandResult> =>
    linkResult(
      port,
      await (invited === undefined ? keys.make(ownerName(), 'owner', new Date()) : keys.invite(invited, new Date())),
    );
  if (isLinkOnly) {
    if (last === undefined || !(await isStudio(last.port, keys))) {
      throw new WinnowError('MISSING_INPUT', 'No studio of this project runs', {
        next: `Run winnow studio ${project}.`,
      });
    }
    return newLink(last.port);
  }
  const studio = assembleStudio({ config, projectFile: project, page: await loadPageFiles(), isReadOnly }, io);
  try {
    const port = await listen(studio.server, { wanted, last: last?.port });
    const link = await newLink(port);
    await writeFileAtomic(placeFile, `${JSON.stringify({ port, pid: process.pid })}\n`);
    (io.announce ?? ((told) => told.text.forEach((line) => io.log(line))))(link);
    const opened = opensBrowser ? await showInBrowser(String(link.json['link']), path.dirname(placeFile)) : undefined;
    studio.context.images.warmUp();
    await aborted(io.signal);
    await opened?.remove();
  } finally {
    await studio.close();
  }
  return { exitCode: 0, json: {}, text: [] };
}

function linkResult(port: number, key: string): CommandResult {
  const link = `http://${HOST}:${port}/#key=${key}`;
  return {
    exitCode: 0,
    json: { port, link },
    text: [`The studio: ${link}`, 'Whoever has this link may use it. Ctrl-C ends it.'],
  };
}

/** @returns the port */
async function listen(
  server: FastifyInstance,
  { wanted, last }: { readonly wanted: number | undefined; readonly last: number | undefined },
): Promise<number> {
  const tried = wanted ?? last ?? 0;
  try {
    await server.listen({ host: HOST, port: tried });
  } catch (error) {
    if (systemErrorCode(error) !== 'EADDRINUSE' && systemErrorCode(error) !== 'EACCES') throw error;
    if (wanted !== undefined) {
      throw new WinnowError('USAGE', `Port ${wanted} cannot be listened at`, {
        next: 'Another program has it, or it is reserved: name another with --port, or none.',
        cause: error,
      });
    }
    // Open tabs look for the port of last time; a new link is all that is lost.
    await server.listen({ host: HOST, port: 0 });
  }
  return (server.server.address() as AddressInfo).port;
}

function ownerName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without a name, as in some containers.
    return 'owner';
  }
}

/** Whether what listens there is the studio of these keys: another program may have its port, or its process id, by now. */
async function isStudio(port: number, keys: StudioKeys): Promise<boolean> {
  const nonce = randomUUID();
  try {
    const signal = AbortSignal.timeout(PROOF_MILLIS);
    const response = await fetch(`http://${HOST}:${port}/proof?nonce=${nonce}`, { signal, redirect: 'error' });
    const { proofs } = (await response.json()) as Partial<StudioProof>;
    const right = new Set(await keys.proofs(nonce, port));
    return Array.isArray(proofs) && proofs.some((proof) => right.has(proof));
  } catch {
    return false;
  }
}

/** By a file that only this person can read: arguments of a program are seen by everybody on the machine. */
async function showInBrowser(link: string, folder: string): Promise<{ remove(): Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `open-${randomUUID()}.html`);
  await writeFile(file, `<!doctype html><meta http-equiv="refresh" content="0; url=${link}">\n`, {
    mode: 0o600,
    flag: 'wx',
  });
  const [program, ...before] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...before, file], { stdio: 'ignore', detached: true });
  // No browser, or none that this machine knows how to start: the link is printed.
  child.on('error', () => undefined).unref();
  return { remove: () => rm(file, { force: true }) };
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
