import type { StudioListing } from '@winnow/contracts';

/** Title, creator, licence and source, of the listing that states most of them. */
export function attributionOf(listings: readonly StudioListing[]): string {
  const partsOf = ({ title, creator, license, pageUrl, imageUrl }: StudioListing): readonly (string | null)[] => [
    title === null ? null : `“${title}”`,
    creator === null ? null : `by ${creator}`,
    license,
    pageUrl ?? imageUrl,
  ];
  const stated = (listing: StudioListing): number => {
    const known = partsOf(listing).filter((part) => part !== null).length;
    return known + (listing.license === null ? 0 : 4);
  };
  const [best] = [...listings].sort((a, b) => stated(b) - stated(a));
  const [title, creator, license, source] = best === undefined ? [] : partsOf(best);
  const work = [title ?? 'Untitled', ...(creator ? [creator] : [])].join(' ');
  return [work, license ?? 'licence not stated', ...(source ? [source] : [])].join(', ');
}
