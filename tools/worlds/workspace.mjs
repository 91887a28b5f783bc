import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../ensure-dependencies.mjs';

const require = createRequire(import.meta.url);
require(path.join(ROOT, 'apps/winnow/bin/register-typescript.js'));

/** A project of this workspace, such as `@winnow/shards`, or a file below its root. */
export const workspace = (name) => require(name.startsWith('@') ? name : path.join(ROOT, name));
