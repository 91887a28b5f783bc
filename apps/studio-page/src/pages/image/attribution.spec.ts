import type { StudioListing } from '@winnow/contracts';
import { attributionOf } from './attribution';

const nothing = {
  className: 'cat',
  engine: 'e',
  title: null,
  creator: null,
  license: null,
  pageUrl: null,
  imageUrl: null,
};
const listing = (known: Partial<StudioListing>): StudioListing => ({ ...nothing, ...known });

describe('attributionOf', () => {
  it('takes the listing that states a licence before those that say more', () => {
    const full = listing({ title: 'A cat', creator: 'Anna', license: 'CC BY 4.0', pageUrl: 'https://a.test/cat' });
    const known = listing({
      title: 'Cat',
      creator: 'Ben',
      pageUrl: 'https://b.test/',
      imageUrl: 'https://b.test/cat.jpg',
    });
    expect(attributionOf([known, full])).toBe('“A cat” by Anna, CC BY 4.0, https://a.test/cat');
    expect(attributionOf([known])).toBe('“Cat” by Ben, licence not stated, https://b.test/');
    expect(attributionOf([known, listing({ license: 'CC0' })])).toBe('Untitled, CC0');
    expect(attributionOf([])).toBe('Untitled, licence not stated');
  });
});
