import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { CommandIo, CommandResult } from '@winnow/contracts';
import { writeStudioProject } from '../spec-support/studio-project';
import type { StudioProject } from '../spec-support/studio-project';
import { runStudio } from './run-studio';

let project: StudioProject;
beforeAll(async () => {
  project = await writeStudioProject();
});
afterAll(() => project.remove());

const OPTIONS = { port: undefined, opensBrowser: false, isReadOnly: false, isLinkOnly: false };

/** Starts the command. `told` is what it announces; `stop` is Ctrl-C. */
function start(options: Partial<Parameters<typeof runStudio>[1]> = {}) {
  const abort = new AbortController();
  let announce: (told: Pick<CommandResult, 'json' | 'text'>) => void = () => undefined;
  const told = new Promise<{ port: number; link: string }>((resolve) => {
    announce = ({ json }) => resolve(json as { port: number; link: string });
  });
  const io: CommandIo = {
    ...{ cwd: project.config.paths.root, env: {}, signal: abort.signal, log: () => undefined, announce },
    progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
  };
  const ended = runStudio('p.yaml', { ...OPTIONS, ...options }, io);
  return { told, ended, stop: () => abort.abort() };
}

const projectAt = ({ port, link }: { port: number; link: string }): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/api/project`, {
    headers: { authorization: `Bearer ${new URL(link).hash.replace('#key=', '')}` },
  });

describe('winnow studio', () => {
  it('prints a link that works, and ends well when it is interrupted', async () => {
    const { told, ended, stop } = start();
    const first = await told;
    expect(first.link).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${first.port}/#key=[\\w-]{43}$`));
    expect((await projectAt(first)).status).toBe(200);
    const more = await start({ isLinkOnly: true }).ended;
    expect(more.json).toMatchObject({ port: first.port });
    expect((await projectAt(more.json as never)).status).toBe(200);
    const invitation = await start({ isLinkOnly: true, invited: 'Ben' }).ended;
    const invited = (await (await projectAt(invitation.json as never)).json()) as unknown;
    expect(invited).toMatchObject({ person: { name: 'Ben', role: 'reviewer' } });
    stop();
    expect(await ended).toMatchObject({ exitCode: 0 });
    await expect(projectAt(first)).rejects.toThrow();

    const again = start();
    const second = await again.told;
    expect([second.port, second.link === first.link]).toEqual([first.port, false]);
    // An open tab goes on with the key that it has.
    expect((await projectAt(first)).status).toBe(200);
    again.stop();
    await again.ended;
  });

  it('shows a page that says how to build it, or the page', async () => {
    const { told, ended, stop } = start({ isReadOnly: true });
    const { port } = await told;
    for (const address of ['/', '/pictures', '/review/doubt']) {
      const response = await fetch(`http://127.0.0.1:${port}${address}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    }
    stop();
    await ended;
  });

  it('takes another port than last time where that is taken, but not than the one that was named', async () => {
    const other = createServer();
    const before = start();
    const { port } = await before.told;
    before.stop();
    await before.ended;
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    try {
      await expect(start({ port: (other.address() as AddressInfo).port }).ended).rejects.toMatchObject({
        code: 'USAGE',
      });
      const { told, ended, stop } = start();
      expect((await told).port).not.toBe(port);
      stop();
      await ended;
    } finally {
      other.close();
    }
  });

  it('makes no key for whoever took its port, even with its process id', async () => {
    // It asks the studio that listens elsewhere by now, and answers what that says.
    const studio = start();
    const stranger = createHttpServer((request, response) => {
      void fetch(`http://127.0.0.1:${elsewhere}${request.url}`).then(async (answer) =>
        response.end(await answer.text()),
      );
    });
    const elsewhere = (await studio.told).port;
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const taken = (stranger.address() as AddressInfo).port;
    const place = path.join(project.config.paths.state, 'studio', 'server.json');
    const keys = () => readFileSync(path.join(project.config.paths.state, 'studio', 'keys.json'), 'utf8');
    try {
      const known = keys();
      writeFileSync(place, JSON.stringify({ port: taken, pid: process.pid }));
      await expect(start({ isLinkOnly: true }).ended).rejects.toMatchObject({ code: 'MISSING_INPUT' });
      expect(keys()).toBe(known);
      writeFileSync(place, JSON.stringify({ port: elsewhere, pid: 1 }));
      expect((await start({ isLinkOnly: true }).ended).json).toMatchObject({ port: elsewhere });
    } finally {
      stranger.close();
      studio.stop();
      await studio.ended;
    }
  });

  it('has no link to a studio that does not run', async () => {
    const nothing = await writeStudioProject({ until: 'nothing' });
    const io = { cwd: nothing.config.paths.root, env: {}, signal: new AbortController().signal, log: () => undefined };
    await expect(runStudio('p.yaml', { ...OPTIONS, isLinkOnly: true }, io as never)).rejects.toMatchObject({
      code: 'MISSING_INPUT',
    });
    nothing.remove();
  });
});
