// A scene played from its first step to its last over disks in memory, as fast as it goes.

import { Conductor } from '../sim/conductor.ts';
import { memoryHosts } from '../sim/memory-hosts.ts';
import type { Scene } from './scene-format.ts';
import { Lab } from './lab.ts';
import { clusterOf, SceneRun, type SceneLab, type StepAnswer } from './scene-run.ts';

export interface Played {
  /** The steps that were played; the last one failed, or all came about. */
  readonly steps: readonly StepAnswer[];
  /** Of the journal at the end. */
  readonly hash: string;
  readonly lab: Lab;
}

/** Plays the whole scene; `told` hears of each step as it ends. */
export async function playScene(
  scene: Scene,
  told: (step: StepAnswer) => void = () => undefined,
): Promise<Played> {
  const lab = new Lab({ loom: 'scene', build: '' });
  lab.attach(
    await Conductor.start({
      seed: scene.seed,
      cluster: clusterOf(scene),
      hosts: memoryHosts(),
      onRecords: (records) => lab.take(records),
    }),
  );
  const run = new SceneRun(scene, sceneLabOf(lab));
  const steps: StepAnswer[] = [];
  const take = (step: StepAnswer): boolean => {
    steps.push(step);
    told(step);
    return step.ok;
  };
  const failed = await run.begin();
  let goesOn = failed === null || take(failed);
  while (goesOn && run.done < scene.script.length) goesOn = take(await run.next());
  return { steps, hash: lab.hash(), lab };
}

const sceneLabOf = (lab: Lab): SceneLab => ({
  run: (line) => lab.run(line),
  until: (expression, options) => lab.until(expression, options),
  pass: (micros) => lab.pass(micros),
  evaluate: (expression) => lab.evaluate(expression),
  bind: (name, value) => lab.bind(name, value),
  now: () => lab.now(),
});
