import { printableJson, printableText } from './printable-text';

describe('printableText', () => {
  it('keeps lines, tabs and letters of all scripts, and blanks what could steer a terminal', () => {
    expect(printableText('a\tb\nçé 漢字 🐦')).toBe('a\tb\nçé 漢字 🐦');
    expect(printableText('red\u001b[31m, title\u001b]0;x\u0007, back\u0008, \u202eturned')).toBe(
      'red [31m, title ]0;x , back ,  turned',
    );
  });
});

describe('printableJson', () => {
  it('escapes what could steer a terminal, and is read back as it was', () => {
    const value = { 'a\u202eb': ['\u001b[31m', '\u009b31m', '\u2028', 'é 漢 🐦 \\u202e'] };
    const text = printableJson(value);
    expect(text).toBe(String.raw`{"a\u202eb":["\u001b[31m","\u009b31m","\u2028","é 漢 🐦 \\u202e"]}`);
    expect(JSON.parse(text)).toEqual(value);
  });
});
