/** How often each class is named. A map: `constructor` and `__proto__` are names like any other. */
export function countClasses(items: readonly { readonly className: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { className } of items) counts.set(className, (counts.get(className) ?? 0) + 1);
  return counts;
}
