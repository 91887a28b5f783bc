const STEP_MILLIS = 250;

/**
 * Waits for work as long as an answer may take; the work goes on. Time in which this process could not have taken an answer, as it had
 * something else to do or was not given a processor, hardly counts.
 * @returns null where it takes longer
 * @throws what it throws until then
 */
export async function settledWithin<T>(work: Promise<T>, millis: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    let steps = Math.max(1, Math.ceil(millis / STEP_MILLIS));
    timer = setInterval(() => {
      steps -= 1;
      if (steps === 0) resolve(null);
    }, millis / steps);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearInterval(timer);
  }
}
