import type { ReviewOrder } from '@winnow/contracts';
import { useProject, useShown } from '../../server/project';

/** Orders of review: their names, and what each is for. */
export const REVIEW_ORDER_WORDS: Readonly<Record<ReviewOrder, { readonly title: string; readonly says: string }>> = {
  doubt: { title: 'doubt', says: 'Those first of which the split is least sure.' },
  disagree: { title: 'disagreement', says: 'Where this split and one of another method say different things.' },
  pairs: { title: 'pairs', says: 'What was found as one class and is taken for another, pair by pair.' },
  disputed: { title: 'disputed', says: 'Where people do not agree: an owner settles it.' },
  mine: { title: 'mine', says: 'What you decided, to look at it again.' },
  random: { title: 'random', says: 'In no order: for a feeling of the whole.' },
};

export function isReviewOrder(text: string): text is ReviewOrder {
  return Object.hasOwn(REVIEW_ORDER_WORDS, text);
}

/** Orders that there is something for: two splits disagree only where there are two. */
export function useReviewOrders(): readonly ReviewOrder[] {
  const { splits } = useProject();
  const { build, split } = useShown();
  const hasOther = splits.some(({ buildId, method }) => buildId === build?.id && method !== split?.method);
  const orders = Object.keys(REVIEW_ORDER_WORDS) as ReviewOrder[];
  return hasOther ? orders : orders.filter((order) => order !== 'disagree');
}
