/**
 * Text for a terminal: what could steer it (escape sequences, reordering marks) becomes a blank. Names out of foreign
 * files are shown, too.
 */
export function printableText(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g,
    ' ',
  );
}
