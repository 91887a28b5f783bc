/** How often two said the same of the same image. */
export interface Agreement {
  readonly same: number;
  readonly of: number;
  /** Agreement beyond chance (Cohen 1960); null without pairs, and where both said one thing only. */
  readonly kappa: number | null;
}

/** @param pairs what two people, or one at two times, said of each image */
export function agreementOf(pairs: readonly (readonly [first: string, second: string])[]): Agreement {
  const of = pairs.length;
  const same = pairs.filter(([first, second]) => first === second).length;
  const [firsts, seconds] = [countOf(pairs.map(([first]) => first)), countOf(pairs.map(([, second]) => second))];
  let byChance = 0;
  for (const [said, count] of firsts) byChance += count * (seconds.get(said) ?? 0);
  const kappa = byChance === of * of ? null : (of * same - byChance) / (of * of - byChance);
  return { same, of, kappa };
}

function countOf(said: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const one of said) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}
