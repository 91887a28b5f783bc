import { HOSTILE_CASES } from './hostile-parsers';
import { MAX_STALL_MILLIS, stallMillis } from './stall-millis';

/** What is wrong with how a parser takes a text. */
function complaint(parse: (text: string) => unknown, text: string): string | undefined {
  try {
    const millis = stallMillis(() => parse(text));
    return millis > MAX_STALL_MILLIS ? `${Math.round(millis)} ms` : undefined;
  } catch (error) {
    return String(error).slice(0, 200);
  }
}

/** Run as a program: feeds every parser, as it is at run time, and prints what is wrong, an object by parser. */
const complaints = Object.entries(HOSTILE_CASES).map(([name, { parse, texts }]): [string, readonly string[]] => [
  name,
  Object.entries(texts).flatMap(([of, text]) => {
    const found = complaint(parse, text);
    return found === undefined ? [] : [`${of}: ${found}`];
  }),
]);
process.stdout.write(JSON.stringify(Object.fromEntries(complaints)));
