/** What became of one image URL, from listing to data set: a closed list. */
export const OUTCOMES = [
  'stored',
  'unchanged',
  'duplicate_url',
  'duplicate_bytes',
  'duplicate_pixels',
  'duplicate_near',
  'duplicate_similar',
  'duplicate_told',
  'leak',
  'screened',
  'excluded',
  'left_out',
  'not_an_image',
  'empty_body',
  'truncated',
  'decode_error',
  'too_small',
  'too_large',
  'too_many_pixels',
  'too_slow',
  'crashed',
  'timeout',
  'network_error',
  'tls_error',
  'server_error',
  'gone',
  'forbidden',
  'rate_limited',
  'too_many_redirects',
  'address_refused',
  'url_refused',
  'format_refused',
  'opted_out',
  'robots_disallowed',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** Outcomes that may turn out otherwise if tried again later. */
export const RETRYABLE_OUTCOMES: ReadonlySet<Outcome> = new Set<Outcome>([
  'too_slow',
  'timeout',
  'network_error',
  'server_error',
  'rate_limited',
]);
