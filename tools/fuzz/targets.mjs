import { FILE_TARGETS } from './targets/files.mjs';
import { IMAGE_TARGETS } from './targets/images.mjs';
import { MODEL_TARGETS } from './targets/models.mjs';
import { WEB_TARGETS } from './targets/web.mjs';

/**
 * Parsers of external bytes by name. Each makes, from a folder of its own, `corpus` (whole inputs to change), `run` (parses one; what it
 * throws must be a WinnowError), `tokens` (what the format is made of), and `skipped` where what it needs is not there.
 * @type {Record<string, (context: { folder: string, requireTypeScript: (file: string) => any }) => any>}
 */
export const TARGETS = { ...WEB_TARGETS, ...IMAGE_TARGETS, ...FILE_TARGETS, ...MODEL_TARGETS };
