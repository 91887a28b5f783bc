import { robotsTagRefusal } from './robots-tag';

describe('robotsTagRefusal', () => {
  it.each([
    [['noai'], 'noai'],
    [['NoImageAI, noindex'], 'noimageai'],
    [['max-image-preview:large, none'], 'none'],
    [['otherbot: noai', 'WINNOW: noindex'], 'noindex'],
    [['unavailable_after: 25 Jun 2030 15:00:00 PST, noai'], 'noai'],
    [['otherbot: nofollow, winnow: noai'], 'noai'],
    [['*: noai'], 'noai'],
    [['otherbot: noai, noindex'], undefined],
    [['max-image-preview:large'], undefined],
    [['all', 'nofollow'], undefined],
    [[], undefined],
  ])('reads %j as %p', (values, expected) => expect(robotsTagRefusal(values, 'winnow')).toBe(expected));
});
