import { parseStoreAddress, storeAddress } from './store-address';

describe('storeAddress', () => {
  it.each([
    ['s3://birds', { url: 's3://birds', bucket: 'birds', prefix: '' }],
    ['s3://birds/', { url: 's3://birds', bucket: 'birds', prefix: '' }],
    ['s3://birds/a/b=c/', { url: 's3://birds/a/b=c', bucket: 'birds', prefix: 'a/b=c/' }],
  ])('reads %s', (text, expected) => {
    expect(storeAddress({ WINNOW_STORE: text })).toEqual({ ...expected, endpoint: undefined });
  });

  it('is none where nothing is set', () => {
    expect([storeAddress({}), storeAddress({ WINNOW_STORE: ' ' })]).toEqual([undefined, undefined]);
  });

  it.each([
    'birds',
    's3://',
    's3://Birds',
    's3://birds/../other',
    's3://birds//a',
    's3://birds/a?b',
    'https://birds/a',
  ])('refuses %s', (text) => {
    expect(() => storeAddress({ WINNOW_STORE: text })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', where: 'WINNOW_STORE' }),
    );
  });

  it('takes the address of a server, and no name or password in it', () => {
    const read = (endpoint: string) =>
      parseStoreAddress('s3://birds', { WINNOW_S3_ENDPOINT: endpoint }, '--to').endpoint;
    expect(read('http://127.0.0.1:9000/')).toBe('http://127.0.0.1:9000');
    for (const refused of ['127.0.0.1:9000', 'ftp://host', 'http://me:secret@host']) {
      expect(() => read(refused)).toThrow(expect.objectContaining({ where: 'WINNOW_S3_ENDPOINT' }));
    }
  });
});
