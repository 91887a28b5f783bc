import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { WinnowError } from '@winnow/contracts';
import { fileError, systemErrorCode } from '@winnow/files';
import { z } from 'zod';

/** What tools/build-page.mjs writes. */
const PAGE_FOLDER = path.resolve(__dirname, '../../../../dist/studio-page');

const MAX_FILES = 500;

const pageFileSchema = z.object({
  /** Address without the first slash, such as `assets/page-3f2a.js`. */
  name: z.string().regex(/^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/),
  bytes: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  type: z.string().regex(/^[\w.+-]+\/[\w.+-]+(?:; ?charset=utf-8)?$/),
});
const pageFilesSchema = z.union([
  z.array(pageFileSchema).max(MAX_FILES),
  z.object({ files: z.array(pageFileSchema).max(MAX_FILES) }).transform(({ files }) => files),
]);

interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** The files of the page by name, all in memory: while the studio runs no path is made of what a request says. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const INDEX = 'index.html';

const NOT_BUILT: PageFiles = new Map([
  [
    INDEX,
    {
      type: 'text/html; charset=utf-8',
      bytes: Buffer.from(
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>winnow studio</title></head>\n<body>\n' +
          '<h1>The page of the studio is not built</h1>\n<p>The server runs. Build its page with' +
          ' <code>node tools/build-page.mjs</code> in the clone, then start <code>winnow studio</code> again.</p>\n' +
          '</body>\n</html>\n',
      ),
    },
  ],
]);

/**
 * Reads the closed list of files that make the page; where it was never built, a page that says how.
 * @throws WinnowError DATA_CORRUPT where a file is not what the list says
 */
export async function loadPageFiles(folder: string = PAGE_FOLDER): Promise<PageFiles> {
  const list = path.join(folder, 'files.json');
  const text = await readFile(list, 'utf8').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw fileError(error, list);
  });
  if (text === null) return NOT_BUILT;
  const files = pageFilesSchema.safeParse(JSON.parse(text));
  if (!files.success) throw corrupt(list);
  return new Map(
    await Promise.all(
      files.data.map(async ({ name, bytes: sizeBytes, sha256, type }): Promise<[string, PageFile]> => {
        const file = path.join(folder, name);
        const bytes = await readFile(file).catch((error: unknown) => {
          throw fileError(error, file);
        });
        const digest = createHash('sha256').update(bytes).digest('hex');
        if (bytes.length !== sizeBytes || digest !== sha256) throw corrupt(file);
        return [name, { type, bytes }];
      }),
    ),
  );
}

function corrupt(where: string): WinnowError {
  return new WinnowError('DATA_CORRUPT', 'The page of the studio is not as it was built', {
    where,
    next: 'Run `node tools/build-page.mjs` in the clone, or install winnow again.',
  });
}

/** Addresses that a person sees; the page itself tells them apart. */
const PAGE_ADDRESSES = [
  '/',
  '/crawl',
  '/pictures',
  '/pictures/:sha256',
  '/duplicates',
  '/review',
  '/review/:order',
  '/sheets',
  '/measure',
  '/runs',
  '/runs/:run',
  '/compare',
  '/confusion',
  '/map',
  '/try',
  '/try/:run',
  '/handover',
  '/settings',
];

/** A worker has the policy that its own script came with: this one compiles WebAssembly, and loads nothing but that. */
const STUDENT_WORKER = /^assets\/student-worker-[\w-]+\.js$/;
const STUDENT_WORKER_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** One route a file, and the page at every address that it knows. */
export function servePage(server: FastifyInstance, files: PageFiles): void {
  for (const [name, file] of files) {
    if (name === INDEX) continue;
    // Their names hold a digest of their bytes.
    server.get(`/${name}`, (_request, reply) =>
      reply
        .headers(STUDENT_WORKER.test(name) ? { 'content-security-policy': STUDENT_WORKER_POLICY } : {})
        .header('cache-control', name.startsWith('assets/') ? IMMUTABLE : 'no-cache')
        .type(file.type)
        .send(file.bytes),
    );
  }
  const index = files.get(INDEX);
  if (index === undefined) return;
  const sendIndex = (_request: unknown, reply: FastifyReply): FastifyReply => reply.type(index.type).send(index.bytes);
  for (const address of PAGE_ADDRESSES) server.get(address, sendIndex);
}

/** For a year: an address stands for these very bytes. */
export const IMMUTABLE = 'private, max-age=31536000, immutable';
