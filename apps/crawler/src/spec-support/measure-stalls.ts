import { HOSTILE_CASES } from './hostile-parsers';
import { processorMillis } from './processor-millis';

/** Nothing that meets text of others may hold the event loop for longer. */
const MAX_STALL_MILLIS = 200;

/** What a parser takes too long for, or throws at: processor time of the fastest of 3 calls, as compilers and the like count too. */
function complaint(parse: (text: string) => unknown, text: string): string | undefined {
  let millis = Infinity;
  try {
    for (let calls = 0; calls < 3 && millis > MAX_STALL_MILLIS; calls += 1) {
      millis = Math.min(
        millis,
        processorMillis(() => parse(text)),
      );
    }
  } catch (error) {
    return String(error).slice(0, 200);
  }
  return millis > MAX_STALL_MILLIS ? `${Math.round(millis)} ms` : undefined;
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
