// Questions of lists that are in order, by halves.

/** How many elements `holds` is true of, where those stand before all others. */
export function countWhile<T>(list: readonly T[], holds: (each: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
