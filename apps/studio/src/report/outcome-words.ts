import type { Outcome } from '@winnow/contracts';
import type { CountedOrigin } from '@winnow/db';

/** Outcomes as a reader groups them, in the order of the report. */
export const OUTCOME_GROUPS = {
  kept: 'Kept',
  copy: 'Copies of something already kept',
  unusable: 'Not a usable image',
  undelivered: 'The host did not deliver',
  refused: 'Left alone on purpose',
} as const;

export type OutcomeGroup = keyof typeof OUTCOME_GROUPS;

export interface OutcomeWords {
  readonly group: OutcomeGroup;
  readonly label: string;
  readonly explanation: string;
}

/** Every outcome in plain words. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, OutcomeWords>> = {
  stored: { group: 'kept', label: 'Stored', explanation: 'Downloaded, decoded and kept.' },
  unchanged: { group: 'kept', label: 'Unchanged', explanation: 'Kept before; the host says it is still the same.' },
  duplicate_url: { group: 'copy', label: 'Same address', explanation: 'Another result had pointed to the same file.' },
  duplicate_bytes: { group: 'copy', label: 'Same file', explanation: 'Byte for byte the same as a kept file.' },
  duplicate_pixels: {
    group: 'copy',
    label: 'Same pixels',
    explanation: 'Another file, but every pixel of the image is the same.',
  },
  duplicate_near: {
    group: 'copy',
    label: 'Nearly the same',
    explanation: 'The same image in another size, format or quality.',
  },
  duplicate_similar: {
    group: 'copy',
    label: 'The same scene',
    explanation: 'Cut, padded or turned from a kept image, as the features of a network tell.',
  },
  duplicate_told: {
    group: 'copy',
    label: 'Called the same',
    explanation: 'A person said that it shows the same image; nothing that is measured tells so.',
  },
  leak: {
    group: 'copy',
    label: 'In the test set',
    explanation: 'A copy of a test image; training on it would flatter the results.',
  },
  not_an_image: {
    group: 'unusable',
    label: 'Not an image',
    explanation: 'The address gave a web page or other data.',
  },
  empty_body: { group: 'unusable', label: 'Empty', explanation: 'The host answered, but sent nothing.' },
  truncated: { group: 'unusable', label: 'Cut off', explanation: 'The file ended before the image was whole.' },
  decode_error: {
    group: 'unusable',
    label: 'Damaged',
    explanation: 'The file looks like an image but cannot be read.',
  },
  too_small: { group: 'unusable', label: 'Too small', explanation: 'Fewer pixels than the data set asks for.' },
  too_large: { group: 'unusable', label: 'File too large', explanation: 'More bytes than the limit for one file.' },
  too_many_pixels: {
    group: 'unusable',
    label: 'Too many pixels',
    explanation: 'Decoding it would take more memory than the limit.',
  },
  screened: {
    group: 'unusable',
    label: 'Screened out',
    explanation: 'Blurred, dark, flat or the like, where the project says that such images are dropped.',
  },
  format_refused: {
    group: 'unusable',
    label: 'Format not accepted',
    explanation: 'An image format that is not on the list, such as SVG.',
  },
  too_slow: {
    group: 'undelivered',
    label: 'Too slow',
    explanation: 'The data came in below the lowest accepted speed.',
  },
  crashed: {
    group: 'unusable',
    label: 'Not fetched any more',
    explanation: 'Every process that fetched it ended before it was done.',
  },
  timeout: { group: 'undelivered', label: 'Timed out', explanation: 'The host did not answer in time.' },
  network_error: { group: 'undelivered', label: 'No connection', explanation: 'The host was not reached, or hung up.' },
  tls_error: { group: 'undelivered', label: 'Not secure', explanation: 'The certificate of the host is not valid.' },
  server_error: { group: 'undelivered', label: 'Server error', explanation: 'The host reported a fault of its own.' },
  gone: { group: 'undelivered', label: 'Gone', explanation: 'The image is no longer there.' },
  forbidden: { group: 'undelivered', label: 'Forbidden', explanation: 'The host does not hand it to us.' },
  rate_limited: { group: 'undelivered', label: 'Asked to wait', explanation: 'The host asked for fewer requests.' },
  too_many_redirects: {
    group: 'undelivered',
    label: 'Sent around',
    explanation: 'The host kept pointing to yet another address.',
  },
  address_refused: {
    group: 'refused',
    label: 'Private address',
    explanation: 'The address leads into a private network; it was not visited.',
  },
  url_refused: { group: 'refused', label: 'Address not accepted', explanation: 'Not a plain web address.' },
  opted_out: {
    group: 'refused',
    label: 'Opted out',
    explanation: 'The host says that it does not want its images used for training.',
  },
  excluded: {
    group: 'refused',
    label: 'Not asked for',
    explanation: 'Outside of the part that this data set was asked to hold.',
  },
  left_out: {
    group: 'refused',
    label: 'Left out by a person',
    explanation: 'Somebody decided that the data set is not to hold it, or an image that it is a copy of.',
  },
  robots_disallowed: {
    group: 'refused',
    label: 'robots.txt says no',
    explanation: 'The rules of the host for crawlers exclude it.',
  },
};

/** Where a file tells otherwise than an address. */
const IMPORT_EXPLANATIONS: Readonly<
  Partial<Record<Outcome, Pick<OutcomeWords, 'explanation'> & Partial<OutcomeWords>>>
> = {
  stored: { explanation: 'Read, decoded and kept.' },
  not_an_image: { explanation: 'The file holds something else.' },
  empty_body: { explanation: 'The file holds nothing.' },
  address_refused: {
    label: 'Path not accepted',
    explanation: 'It leads out of the folder, or into a private network.',
  },
  gone: { explanation: 'There is no such file any more.' },
};

/** The words for an address that was fetched, or for a file that was imported. */
export function outcomeWords(outcome: Outcome, origin: CountedOrigin): OutcomeWords {
  const words = OUTCOME_WORDS[outcome];
  return origin === 'search' ? words : { ...words, ...IMPORT_EXPLANATIONS[outcome] };
}
