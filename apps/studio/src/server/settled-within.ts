/** Waits for work as long as an answer may take; the work goes on. @returns null where it takes longer @throws what it throws until then */
export async function settledWithin<T>(work: Promise<T>, millis: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), millis);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
