import { forgetTargets } from './forget-targets';

const DIGEST = 'AB'.repeat(32);

describe('forgetTargets', () => {
  it.each([
    ['https://Img.Example.ORG:443/a%7eb.jpg?utm_source=x#top', { urls: ['https://img.example.org/a~b.jpg'] }],
    ['//img.test/a.jpg', { urls: ['https://img.test/a.jpg'] }],
    ['Img.Example.org.', { hosts: ['img.example.org'] }],
    ['bücher.example', { hosts: ['xn--bcher-kva.example'] }],
    ['192.0.2.1', { hosts: ['192.0.2.1'] }],
    ['[2001:DB8::1]', { hosts: ['[2001:db8::1]'] }],
    ['localhost', { hosts: ['localhost'] }],
    [DIGEST, { digests: [DIGEST.toLowerCase()] }],
  ])('%s', (word, expected) => {
    expect(forgetTargets([` ${word} `, word])).toEqual({ urls: [], hosts: [], digests: [], ...expected });
  });

  it.each([
    ['com'],
    ['example.org/path'],
    ['example.org:80'],
    ['user@example.org'],
    ['*.example.org'],
    ['a b.example.org'],
    [''],
    ['abc123'],
    ['ftp://example.org/a.jpg'],
    ['https://user:pw@example.org/a.jpg'],
    ['https://'],
  ])('refuses %j', (word) => {
    expect(() => forgetTargets([word])).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
