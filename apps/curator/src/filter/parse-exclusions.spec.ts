import { parseExclusions } from './parse-exclusions';

describe('parseExclusions', () => {
  it('sorts entries by kind', () => {
    const entries = ['outcome:gone', 'outcome:blurry', 'outcome:conflict', ' host: Example.COM', 'cluster:ABCDEF01'];
    expect(parseExclusions(entries)).toEqual({
      outcomes: new Set(['gone']),
      flags: new Set(['blurry']),
      hosts: ['example.com'],
      clusters: ['abcdef01'],
      isConflictExcluded: true,
    });
    expect(parseExclusions([]).isConflictExcluded).toBe(false);
  });

  it.each([
    ['gone', 'it is neither'],
    ['outcome:went', 'there is no outcome "went"'],
    ['outcome:constructor', 'there is no outcome'],
    ['host:https://example.com/x', 'is no host name'],
    ['host:', 'is no host name'],
    ['cluster:abc', 'is not 8 to 64 hex digits'],
    ['class:owl', 'it is neither'],
  ])('refuses %s', (entry, message) => {
    expect(() => parseExclusions([entry])).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) as string }) as Error,
    );
  });
});
