/** What could steer a terminal or turn the text around it: control characters, escape sequences, reordering marks. */
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const RUNS = new RegExp(`${STEERING.source}+`, 'g');
const EACH = new RegExp(STEERING, 'g');

/** Text for a terminal: what could steer it becomes a blank. Names out of external files are shown, too. */
export function printableText(text: string): string {
  return text.replace(RUNS, ' ');
}

/** JSON for a terminal or a program: what could steer a terminal is escaped, so that the value stays as it is. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(
    EACH,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
