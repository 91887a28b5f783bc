/** What a search engine's answer means, told apart so that a block is never taken for an empty result. */
export const RESPONSE_CLASSES = [
  'ok',
  'empty',
  'last_page',
  'soft_block',
  'captcha',
  'consent',
  'rate_limited',
  'format_drift',
  'denied',
] as const;

export type ResponseClass = (typeof RESPONSE_CLASSES)[number];
