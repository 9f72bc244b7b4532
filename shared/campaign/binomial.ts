/**
 * P(X ≤ k) where X counts the failures among n that each fail with probability p: summed in logarithms, so that a wave of a million
 * neither underflows nor takes long.
 */
export const atMost = (k: number, n: number, p: number): number => {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  const odds = Math.log(p) - Math.log1p(-p);
  let term = n * Math.log1p(-p);
  let [top, sum] = [term, 1];
  for (let count = 1; count <= k; count += 1) {
    term += Math.log((n - count + 1) / count) + odds;
    if (term > top) {
      sum = sum * Math.exp(top - term) + 1;
      top = term;
    } else sum += Math.exp(term - top);
  }
  return Math.min(1, Math.exp(top) * sum);
};
