import type { ResponseClass } from '@winnow/contracts';

/** What an engine's answer means, in words, and what follows (docs/operations.md, "Engines that refuse"). */
export const ENGINE_WORDS: Readonly<Record<ResponseClass, string>> = {
  ok: 'It answers with results.',
  empty: 'It has no results for what was asked.',
  last_page: 'It has no more results for what was asked.',
  soft_block:
    'Its results have nothing to do with the query, which is how some engines refuse. It is asked again after a while.',
  captcha: 'It asks whether a person is there. winnow solves no CAPTCHA: it waits, and other engines go on.',
  consent: 'It asks for consent, which only a person can give.',
  rate_limited: 'It asks for fewer requests, and is left alone for as long as it says.',
  format_drift: 'Its answer has another form than we know; nothing is guessed from it. A newer winnow may read it.',
  denied: 'It refuses to answer. A key or another engine may help; `winnow engines check` asks it once.',
};

export const UNREACHABLE = 'It did not answer at all.';
