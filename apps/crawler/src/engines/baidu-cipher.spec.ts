import { decipherBaiduUrl } from './baidu-cipher';

describe('decipherBaiduUrl', () => {
  it('undoes the cipher', () => {
    expect(decipherBaiduUrl('ippr_z2C$qAzdH3FAzdH3Fooo_z&e3Bjxw4rsj_z&e3B567AzdH3F8dn9cm0bla.r2')).toBe(
      'http://www.example.oru/1234567890.pg',
    );
  });

  it('leaves plain addresses alone and anything else out', () => {
    expect(decipherBaiduUrl('https://a.test/b.jpg')).toBe('https://a.test/b.jpg');
    expect(decipherBaiduUrl('//a.test/b.jpg')).toBe('//a.test/b.jpg');
    expect(decipherBaiduUrl(7)).toBeUndefined();
  });
});
