/**
 * Shares whole things among groups as their weights are, by largest remainders; the earlier group wins a tie.
 * @param {number} total at most the sum of the weights
 * @param {readonly number[]} weights whole numbers: no group gets more than its own
 * @returns {number[]} whole numbers that sum to total
 */
export function apportion(total, weights) {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (total > sum) throw new RangeError(`${total} is more than the ${sum} that are there`);
  const exact = weights.map((weight) => (sum === 0 ? 0 : (total * weight) / sum));
  const counts = exact.map(Math.floor);
  const left = total - counts.reduce((all, count) => all + count, 0);
  exact
    .map((value, group) => ({ group, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.group - b.group)
    .slice(0, left)
    .forEach(({ group }) => (counts[group] += 1));
  return counts;
}
