/** Licences, and statements of rights, that are told apart. */
export const LICENSE_IDS = [
  'cc0',
  'pdm',
  'us-gov',
  'by',
  'by-sa',
  'by-nd',
  'by-nc',
  'by-nc-sa',
  'by-nc-nd',
  'no-known-restrictions',
  'all-rights-reserved',
] as const;

export type LicenseId = (typeof LICENSE_IDS)[number];

/** A stated licence in one spelling. */
export interface License {
  /** `pdm` is the public domain mark and whatever else says that a work is in the public domain. */
  readonly id: LicenseId;
  /** Such as `4.0`, where one was stated. */
  readonly version?: string;
}

/** flickr.photos.licenses.getInfo, by id; 11 and above came in June 2025. */
const FLICKR_LICENSES: readonly (readonly [id: LicenseId, version?: string])[] = [
  ['all-rights-reserved'],
  ['by-nc-sa', '2.0'],
  ['by-nc', '2.0'],
  ['by-nc-nd', '2.0'],
  ['by', '2.0'],
  ['by-sa', '2.0'],
  ['by-nd', '2.0'],
  ['no-known-restrictions'],
  ['us-gov'],
  ['cc0', '1.0'],
  ['pdm', '1.0'],
  ['by', '4.0'],
  ['by-sa', '4.0'],
  ['by-nd', '4.0'],
  ['by-nc', '4.0'],
  ['by-nc-sa', '4.0'],
  ['by-nc-nd', '4.0'],
];

/** Whole phrases, tried in this order on lower-case text with single spaces between words. */
const PHRASES: readonly (readonly [LicenseId, RegExp])[] = [
  ['all-rights-reserved', /^all rights reserved$/],
  ['no-known-restrictions', /^no (?:known )?(?:copyright )?restrictions(?: exist)?$/],
  ['us-gov', /^(?:us|u\.s\.|united states) gov(?:ernment)?(?: works?)?$/],
  [
    'cc0',
    /^(?:cc ?0|cc zero|creative commons zero)(?: v?(?<version>\d\.\d))?(?: universal)?(?: public domain dedication)?$/,
  ],
  ['pdm', /^(?:cc )?(?:pdm|pd mark|public domain mark)(?: v?(?<version>\d\.\d))?$/],
  ['pdm', /^(?:cc )?(?:public domain|publicdomain)(?: works?| dedication)?$/],
  // Commons names its reasons: PD-old-100, PD-USGov.
  ['pdm', /^(?:cc )?pd(?: [\w .]*)?$/],
];

/** The conditions of Creative Commons, by the words that state them. */
const CONDITIONS: ReadonlyMap<string, 'by' | 'nc' | 'nd' | 'sa'> = new Map([
  ['by', 'by'],
  ['attribution', 'by'],
  ['nc', 'nc'],
  ['noncommercial', 'nc'],
  ['nd', 'nd'],
  ['noderivs', 'nd'],
  ['noderivatives', 'nd'],
  ['sa', 'sa'],
  ['sharealike', 'sa'],
]);

/** Words that say no more, before and after the version: `CC BY-SA 3.0 DE`, `Attribution 4.0 International License`. */
const FILLERS = /^(?:cc|creative|commons|licen[cs]e|international|generic|unported|v|version)$/;
const JURISDICTION = /^[a-z]{2,3}$/;
const VERSION = /^v?(\d\.\d)$/;
/** Longer texts are no names of licences. */
const MAX_CHARACTERS = 200;

/**
 * Reads the name, Flickr's number or the address of a licence, as engines state them. The whole text must be
 * understood: of "CC BY 4.0 or GFDL" nothing is taken for granted.
 * @returns undefined where nothing is stated or it is not understood
 */
export function normaliseLicense(stated: string | null | undefined): License | undefined {
  const text = stated?.trim().toLowerCase() ?? '';
  if (text === '' || text.length > MAX_CHARACTERS) return undefined;
  if (/^\d{1,2}$/.test(text)) return fromFlickr(Number(text));
  if (/^(?:https?:)?\/\//.test(text)) return fromAddress(text);
  const words = text.replace(/non[ -]commercial/g, 'noncommercial').replace(/share[ -]alike/g, 'sharealike');
  return fromName(
    words
      .replace(/no[ -]deriv/g, 'noderiv')
      .replace(/[^a-z0-9.]+/g, ' ')
      .trim(),
  );
}

/** What was stated of an image: the name, or the address where the name is missing, not understood or without version. */
export function statedLicense(stated: {
  readonly license?: string | null | undefined;
  readonly licenseUrl?: string | null | undefined;
}): License | undefined {
  const named = normaliseLicense(stated.license);
  if (named?.version !== undefined) return named;
  const linked = normaliseLicense(stated.licenseUrl);
  return named === undefined || named.id === linked?.id ? (linked ?? named) : named;
}

function fromFlickr(number: number): License | undefined {
  const known = FLICKR_LICENSES[number];
  return known === undefined ? undefined : toLicense(...known);
}

function fromName(words: string): License | undefined {
  for (const [id, pattern] of PHRASES) {
    const match = pattern.exec(words);
    if (match !== null) return toLicense(id, match.groups?.['version']);
  }
  return fromConditions(words.split(' '));
}

function fromConditions(words: readonly string[]): License | undefined {
  const conditions = new Set<string>();
  let version: string | undefined;
  for (const word of words) {
    const condition = CONDITIONS.get(word);
    const stated = VERSION.exec(word)?.[1];
    if (stated !== undefined) version ??= stated;
    else if (condition !== undefined && version === undefined) conditions.add(condition);
    else if (!FILLERS.test(word) && (version === undefined || !JURISDICTION.test(word))) return undefined;
  }
  const id = ['by', 'nc', 'sa', 'nd'].filter((condition) => conditions.has(condition)).join('-');
  return isLicenseId(id) ? toLicense(id, version) : undefined;
}

/** creativecommons.org, and what Flickr links to. */
function fromAddress(text: string): License | undefined {
  const address = /^(?:https?:)?\/\/(?:www\.)?([a-z.]+)(\/[^?#]*)?/.exec(text);
  const path = (address?.[2] ?? '').replace(/^\/+|\/+$/g, '');
  switch (address?.[1] ?? '') {
    case 'creativecommons.org':
      return fromDeed(path);
    case 'flickr.com':
      return path === 'commons/usage' ? toLicense('no-known-restrictions') : undefined;
    case 'usa.gov':
      return toLicense('us-gov');
    default:
      return undefined;
  }
}

/** `licenses/by-sa/4.0/deed.de` */
function fromDeed(path: string): License | undefined {
  const [kind, name = '', segment = ''] = path.split('/');
  const version = VERSION.exec(segment)?.[1];
  if (kind === 'publicdomain' && name === 'zero') return toLicense('cc0', version);
  if (kind === 'publicdomain' && name === 'mark') return toLicense('pdm', version);
  if (kind !== 'licenses') return undefined;
  if (name === 'publicdomain') return toLicense('pdm');
  return fromConditions([...name.split('-'), ...(version === undefined ? [] : [version])]);
}

function isLicenseId(id: string): id is LicenseId {
  return (LICENSE_IDS as readonly string[]).includes(id);
}

function toLicense(id: LicenseId, version?: string): License {
  return version === undefined ? { id } : { id, version };
}
