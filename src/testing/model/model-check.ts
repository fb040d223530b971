// The model check by hand: the small profiles and the large ones, with the number of states.
//   node .ci/run-entry.mjs src/testing/model/model-check.ts [small|large] [most states] [part of a name]

import { LARGE, SMALL } from './plan.ts';
import { search } from './search.ts';

const [which = 'large', most = '4000000', part = ''] = process.argv.slice(2);
const profiles = which === 'small' ? SMALL : [...SMALL, ...LARGE];
for (const profile of profiles.filter(({ name }) => name.includes(part))) {
  const begun = performance.now();
  const found = search(profile, Number(most));
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const extent = found.complete ? 'complete' : `to ${found.depth} steps`;
  const told = `${found.states} states, ${found.steps} steps, ${found.ends} ends, ${extent}`;
  console.log(`${profile.name}: ${told}, ${found.skews} skews, ${seconds} s`);
  if (found.breach === null) continue;
  console.log(`  ${found.breach.invariant}: ${found.breach.what}`);
  console.log(`  ${found.breach.moves.join('; ')}`);
  process.exitCode = 1;
}
