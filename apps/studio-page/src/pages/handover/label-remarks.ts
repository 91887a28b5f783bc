import type { HandoverValues } from './handover-address';

/**
 * Where images keep labels that the split calls wrong, for people. What people decided has their labels, unless all are kept as
 * given; the split has no other label for open ones.
 */
export function labelRemarks({
  kinds,
  labels,
  decided,
}: Pick<HandoverValues, 'kinds' | 'labels' | 'decided'>): string[] {
  const isGiven = labels === 'given';
  if (decided && !isGiven) return [];
  const which = isGiven ? '' : ' that nobody decided on';
  return [
    ...(kinds.includes('closed') && labels !== 'refined'
      ? [`Closed images${which} keep labels that the split calls wrong: choose refined labels, or leave closed out.`]
      : []),
    ...(kinds.includes('open') ? [`Open images${which} keep labels that the split calls wrong: leave open out.`] : []),
  ];
}
