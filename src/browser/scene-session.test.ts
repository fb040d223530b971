import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readScene } from '../lab/scene-reader.ts';
import { SceneRun } from '../lab/scene-run.ts';
import { SCENES } from '../lessons/catalogue.ts';
import { must } from '../base/assert.ts';
import { serveConductor } from './conductor-service.ts';
import { PageSession } from './page-session.ts';
import type { ConductorCalls } from './protocol.ts';
import { connect, type Port } from './rpc.ts';
import { newSceneSession } from './scene-session.ts';

beforeEach(() => vi.stubGlobal('navigator', {}));
afterEach(() => vi.unstubAllGlobals());

/** A page that hears late: what the conductor says is heard only after so many further frames were asked for. */
function lateEar(port: Port, late: (heard: () => void) => void): Port {
  return {
    postMessage: (message) => port.postMessage(message),
    addEventListener: (type, listener) =>
      port.addEventListener(type, (event) => late(() => listener(event))),
    start: () => port.start?.(),
  };
}

/** A conductor's thread and the page's end of it; a frame is drawn whenever the page has nothing else to do. */
async function pageWith(framesLate: number) {
  const { port1, port2 } = new MessageChannel();
  const queue: { heard: () => void; after: number }[] = [];
  let frames = 0;
  const port = lateEar(port2, (heard) => queue.push({ heard, after: frames + framesLate }));
  serveConductor(port1, { loom: '0', build: '0', spawn: null });
  const caller = connect<ConductorCalls>(port);
  const session = new PageSession(port, caller);
  let open = true;
  const frame = () => {
    frames += 1;
    session.frame(frames * 16);
    while ((queue[0]?.after ?? Infinity) <= frames) queue.shift()?.heard();
    if (open) setTimeout(frame);
  };
  frame();
  await caller.call.open({
    memory: 'A test.',
    oneThread: true,
    link: null,
    first: { stores: 3, clients: 1, seed: 1, settings: {} },
  });
  const close = () => {
    open = false;
    port1.close();
  };
  return { scene: newSceneSession(session, caller, close), session, caller };
}

async function played(id: string, framesLate: number, hurry: boolean): Promise<string> {
  const read = readScene(SCENES.find((scene) => scene.id === id));
  if (!read.ok) throw new Error(read.problem.message);
  const { scene: on, session, caller } = await pageWith(framesLate);
  session.setSpeed('max');
  await on.begin(read.scene);
  const run = new SceneRun(read.scene, on.lab);
  on.pace = 'fast';
  expect(await run.begin()).toBe(null);
  on.pace = 'shown';
  while (run.done < read.scene.script.length) {
    const next = run.next();
    if (hurry) await on.hurry();
    expect(must(await next, 'an answer').ok).toBe(true);
  }
  const hash = await caller.call.hash();
  on.close();
  return hash;
}

test.each([0, 1, 3])('frames never pass the end of a step, %i frames late', async (late) => {
  const now = await played('split-under-a-write', 0, true);
  expect(await played('split-under-a-write', late, false)).toBe(now);
  expect(await played('split-under-a-write', late, true)).toBe(now);
});
