import type { StudioMeasure } from '@winnow/contracts';

const counts = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `26,666` */
export const formatCount = (count: number): string => counts.format(count);

/** `612k`, for narrow places. */
export const formatShort = (count: number): string =>
  count < 10_000 ? counts.format(count) : compact.format(count).toLowerCase().replace('m', 'M');

/** Share 0 to 1 as `81.6 %`. */
export const formatPercent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;

/** Share 0 to 1 as `.61`, as tables of probabilities have it. */
export const formatShare = (share: number): string => share.toFixed(2).replace(/^0\./, '.');

/** `1 image`, `3 images`. */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** How often two people told the same of an image; kappa is agreement beyond chance. */
export function agreementWords({ same, of, kappa }: StudioMeasure['agreement']): string {
  const beyond = kappa === null ? '' : `, kappa ${kappa.toFixed(2)}`;
  return `Two people: ${same} of ${countOf(of, 'image')} told the same${beyond}.`;
}
