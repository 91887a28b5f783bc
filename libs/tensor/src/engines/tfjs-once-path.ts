import { join } from 'node:path';

/** A script for processes of plain JavaScript: a function that opens a TF.js network and computes it without an answer. */
export const TFJS_ONCE = join(__dirname, 'tfjs-once.js');
