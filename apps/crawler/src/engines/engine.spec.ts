import { searchMarket } from './engine';

describe('searchMarket', () => {
  it.each([
    ['de', { language: 'de', region: 'DE' }],
    ['pt-BR', { language: 'pt', region: 'BR' }],
    ['ja', { language: 'ja', region: 'JP' }],
    ['en', { language: 'en', region: 'US' }],
    ['not a language', undefined],
    [undefined, undefined],
  ])('%s', (tag, market) => expect(searchMarket(tag)).toEqual(market));
});
