import { ImageLists } from './index';
import { columnsOf, doubtOfImage, sampleImages } from './spec-support/drawn-columns';
import type { DrawnImage } from './spec-support/drawn-columns';

const images = sampleImages(31, 40);
const lists = new ImageLists(columnsOf(images));
lists.applyDecisions([{ sha256: images[3]?.sha256 ?? '', state: 'unsure', decided: null, people: ['Anna'] }]);

const find = (where: string): number[] => [
  ...lists.list({ filters: {}, where, sort: 'position', isDescending: false }),
];
const among = (holds: (image: DrawnImage, index: number) => boolean): number[] =>
  images.flatMap((image, index) => (holds(image, index) ? [index] : []));
const side = ({ width, height }: DrawnImage): number => Math.min(width, 65_535, height);

describe('an expression over columns', () => {
  it.each<[string, (image: DrawnImage, index: number) => boolean]>([
    ['class = cat', ({ label }) => label === 0],
    ["class in (cat, 'dog, brown')", ({ label }) => label < 2],
    ['class contains DOG', ({ label }) => label === 1],
    ['kind = closed and doubt > .3', (image) => image.verdict?.kind === 'closed' && doubtOfImage(image) > 0.3],
    ['kind != closed', ({ verdict }) => verdict?.kind !== 'closed'],
    ['not kind in (clean, open)', ({ verdict }) => verdict === null || verdict.kind === 'closed'],
    ['refined = fox', ({ verdict }) => verdict?.kind === 'closed' && verdict.refinedLabel === 2],
    ['pOpen >= .5 or pClean < .1', ({ verdict: v }) => v !== null && (v.openProbability >= 0.5 || v.cleanProbability < Math.fround(0.1))], // prettier-ignore
    ['flag = blurry', ({ flags }) => flags.includes('blurry')],
    ['flag != blurry', ({ flags }) => !flags.includes('blurry')],
    ['license in (by, cc0) and engine = bing', ({ licenses: l, engines }) => (l.includes('by') || l.includes('cc0')) && engines.includes('bing')], // prettier-ignore
    ['host = A.test', ({ hosts }) => hosts.includes('a.test') || hosts.includes('www.a.test')],
    ['side >= 200', (image) => side(image) >= 200],
    ['copies = 3', ({ copies }) => copies === 3],
    ['decided = unsure', (_image, index) => index === 3],
    ['not not not decided = unsure', (_image, index) => index !== 3],
    ['by = Anna', (_image, index) => index === 3],
    [`sha256 = ${images[7]?.sha256}`, (_image, index) => index === 7],
    [`sha256 != ${images[7]?.sha256}`, (_image, index) => index !== 7],
    [`sha256 in (${images[7]?.sha256}, ${images[9]?.sha256}, fox)`, (_image, index) => index === 7 || index === 9],
    [`sha256 contains ${images[7]?.sha256.slice(0, 12)}`, (_image, index) => index === 7],
    [`sha256 contains ${images[8]?.sha256.slice(51)}`, (_image, index) => index === 8],
    ['sha256 contains AB', ({ sha256 }) => sha256.includes('ab')],
    [`sha256 contains ${images[8]?.sha256.slice(-3)}${images[9]?.sha256.slice(0, 3)}`, () => false],
    ['sha256 contains ""', () => true],
    ['sha256 contains owl', () => false],
    ['copies in (2, 3, 2)', ({ copies }) => copies === 2 || copies === 3],
  ])('%s', (where, holds) => {
    expect(find(where)).toEqual(among(holds));
  });

  it('is one more filter: of lists, and of facets', () => {
    const filters = { kind: 'closed' };
    const where = 'copies >= 2';
    const expected = among(({ verdict, copies }) => verdict?.kind === 'closed' && copies >= 2);
    expect([...lists.list({ filters, where, sort: 'position', isDescending: false })]).toEqual(expected);
    const { total, facets } = lists.facets({ filters, where });
    expect(total).toBe(expected.length);
    const clean = facets.kind.find(({ value }) => value === 'clean');
    expect(clean?.count).toBe(among(({ verdict, copies }) => verdict?.kind === 'clean' && copies >= 2).length);
  });

  it('has at most 32 comparisons', () => {
    const many = (count: number): string => Array(count).fill('not (width < 5)').join(' or ');
    expect(find(many(32))).toEqual(among(({ width }) => width >= 5));
    expect(() => find(many(33))).toThrow(expect.objectContaining({ code: 'USAGE', where: 'q' }));
  });

  it.each([
    ['kind = wrong', /no kind/],
    ['title contains x', /"title" is no field/],
    ['doubt > much', /no number/],
    ['(kind = open', /is expected/],
  ])('refuses %s, and says where', (where, message) => {
    expect(() => find(where)).toThrow(
      expect.objectContaining({ code: 'USAGE', where: expect.stringMatching(/^q, character/) }),
    );
    expect(() => find(where)).toThrow(message);
  });
});
