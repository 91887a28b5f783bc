import path from 'node:path';

/** Root of the clone. */
export const ROOT = path.resolve(__dirname, '../../..');
/** The command line, as a person runs it. */
export const WINNOW = path.join(ROOT, 'apps/winnow/bin/winnow.js');
/** `node -r HOOK FILE.ts` runs TypeScript of the clone. */
export const TYPESCRIPT_HOOK = path.join(ROOT, 'apps/winnow/bin/register-typescript.js');
