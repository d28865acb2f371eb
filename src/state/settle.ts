/**
 * Waits for all, and throws the first of their errors only then, so that nothing is in flight when
 * it is dealt with.
 */
export async function settle(promises: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(promises);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
