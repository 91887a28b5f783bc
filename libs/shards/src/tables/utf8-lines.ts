import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { WinnowError } from '@winnow/contracts';
import { MAX_ROW_CHARACTERS } from './table';

const LINE_FEED = 10;
/** Of one line: no character takes more than four bytes. */
const MAX_LINE_BYTES = 4 * MAX_ROW_CHARACTERS;

/** The bytes of a text file, some whole lines at a time. @throws WinnowError FORMAT_INVALID for other than UTF-8, with the line */
export async function* utf8Lines(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let line = 1;
  for await (const piece of createReadStream(file)) {
    const chunk = piece as Buffer;
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      const lines = Buffer.concat([...rest, chunk.subarray(0, end)]);
      line += countLines(lines, { file, line });
      yield lines;
      rest = [];
      restBytes = 0;
    }
    rest.push(chunk.subarray(end));
    restBytes += chunk.length - end;
    if (restBytes > MAX_LINE_BYTES) {
      throw new WinnowError('FORMAT_INVALID', `A line is longer than ${MAX_ROW_CHARACTERS} characters`, {
        where: `${file}, line ${line}`,
      });
    }
  }
  if (restBytes === 0) return;
  const last = Buffer.concat(rest);
  countLines(last, { file, line });
  yield last;
}

/** @throws WinnowError FORMAT_INVALID at the first of them that is no UTF-8 */
function countLines(lines: Buffer, at: { readonly file: string; readonly line: number }): number {
  const isText = isUtf8(lines);
  let count = 0;
  for (let from = 0; from < lines.length; count += 1) {
    const next = lines.indexOf(LINE_FEED, from);
    const to = next < 0 ? lines.length : next + 1;
    if (!isText && !isUtf8(lines.subarray(from, to))) {
      throw new WinnowError('FORMAT_INVALID', 'The table is not in UTF-8', {
        where: `${at.file}, line ${at.line + count}`,
        next: 'Save it as UTF-8.',
      });
    }
    from = to;
  }
  return count;
}
