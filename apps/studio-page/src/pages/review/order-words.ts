import type { ReviewOrder } from '@winnow/contracts';

/** Orders of review: their names, and what each is for. */
export const REVIEW_ORDER_WORDS: Readonly<Record<ReviewOrder, { readonly title: string; readonly says: string }>> = {
  doubt: { title: 'doubt', says: 'Those first of which the split is least sure.' },
  disagree: { title: 'disagreement', says: 'Where two splits, or teacher and student, say different things.' },
  pairs: { title: 'pairs', says: 'What was found as one class and is taken for another, pair by pair.' },
  disputed: { title: 'disputed', says: 'Where people do not agree: an owner settles it.' },
  mine: { title: 'mine', says: 'What you decided, to look at it again.' },
  random: { title: 'random', says: 'In no order: for a feeling of the whole.' },
};

export function isReviewOrder(text: string): text is ReviewOrder {
  return Object.hasOwn(REVIEW_ORDER_WORDS, text);
}
